export { dotenv } from './dotenv.js';
//# sourceMappingURL=index.js.map