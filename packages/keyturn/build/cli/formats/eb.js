import { badName, byteLength, refuse } from './format.js';
/**
 * For `aws elasticbeanstalk update-environment --option-settings file://…`. Other than with `.ebextensions`, the
 * values stay out of the source bundle.
 * Rules: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-softwaresettings.html, "Environment
 * property limits". We hold to all of them: the service takes more and its platforms then change or drop it.
 */
export const eb = (entries) => {
    const total = entries.reduce((sum, { name, value }) => sum + byteLength(`${name}=${value}`), 0);
    refuse('eb', entries, ({ name, value }) => [
        badName(name),
        name.length > 128 && 'its name is longer than 128 characters, the most that Elastic Beanstalk takes',
        value.length > 256 && 'its value is longer than 256 characters, the most that Elastic Beanstalk takes',
        // Of what the page lists, quotes and backslashes must be escaped, and line breaks are lost on Amazon Linux 2.
        !/^[A-Za-z0-9 \t_.:/=+@-]*$/.test(value) &&
            'its value holds more than the letters, digits, blanks and _ . : / = + - @ that every Elastic Beanstalk platform passes on unchanged',
    ], [
        total > largest &&
            `the variables have ${total} bytes as NAME=value, and Elastic Beanstalk takes at most ${largest}`,
    ]);
    const settings = entries.map(({ name, value }) => ({
        Namespace: 'aws:elasticbeanstalk:application:environment',
        OptionName: name,
        Value: value,
    }));
    return `${JSON.stringify(settings, null, 2)}\n`;
};
const largest = 4096;
//# sourceMappingURL=eb.js.map