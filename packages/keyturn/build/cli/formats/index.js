import { docker } from './docker.js';
import { dotenv } from './dotenv.js';
import { eb } from './eb.js';
import { github } from './github.js';
import { json } from './json.js';
import { k8s } from './k8s.js';
import { lambda } from './lambda.js';
import { shell } from './shell.js';
/** What `keyturn export --format` writes. `docs/export.md` has the limits of each. */
export const formats = {
    dotenv,
    json,
    shell,
    docker,
    github,
    k8s,
    lambda,
    eb,
};
//# sourceMappingURL=index.js.map