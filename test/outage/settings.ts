/** How long service.ts keeps what it read, in milliseconds: short, so that a run is. */
export const TTL = 300;
export const STALE_WHILE_REVALIDATE = 300;
export const STALE_IF_ERROR = 60_000;
/** How long one of its calls may take, and one request's calls with all their attempts. */
export const TIMEOUT = 2_000;
export const DEADLINE = 4_000;
