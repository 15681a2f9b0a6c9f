import { badText, byteLength, refuse } from './format.js';
import { json } from './json.js';
/**
 * For `aws lambda update-function-configuration --environment file://…`, which replaces all variables of the function.
 * Rules: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const lambda = (entries) => {
    const measured = byteLength(JSON.stringify(Object.fromEntries(entries.map(({ name, value }) => [name, value]))));
    refuse('lambda', entries, ({ name, value }) => [
        !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name) &&
            'Lambda takes names of two or more letters, digits and _ that start with a letter',
        reserved.has(name) && 'Lambda sets this name itself',
        badText(value),
    ], [
        measured > largest &&
            `the variables have ${measured} bytes as Lambda counts them, and it takes at most ${largest}`,
    ]);
    const variables = json(entries).trimEnd().replaceAll('\n', '\n  ');
    return `{\n  "Variables": ${variables}\n}\n`;
};
/**
 * The quota of 4 KB. What counts is the variables as compact JSON: the service's own error has it behind
 * "String measured", such as in https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594.
 */
const largest = 4096;
const reserved = new Set([
    'AWS_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'AWS_DEFAULT_REGION',
    'AWS_EXECUTION_ENV',
    'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
    'AWS_LAMBDA_FUNCTION_NAME',
    'AWS_LAMBDA_FUNCTION_VERSION',
    'AWS_LAMBDA_INITIALIZATION_TYPE',
    'AWS_LAMBDA_LOG_GROUP_NAME',
    'AWS_LAMBDA_LOG_STREAM_NAME',
    'AWS_LAMBDA_RUNTIME_API',
    'AWS_REGION',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'LAMBDA_RUNTIME_DIR',
    'LAMBDA_TASK_ROOT',
]);
//# sourceMappingURL=lambda.js.map