export { classifier } from './classify.ts';
export { type Connection, type ConnectionOptions, type Connector, connector } from './connection.ts';
export { DOWN, type Failed, type FailureNames, failureNames, KEY_DENIED } from './failure-names.ts';
export { objects, type PageToken, pages, texts } from './lists.ts';
export { isArn, type Target, withinRegion } from './regions.ts';
