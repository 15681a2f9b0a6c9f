/** The objects in a list. The SDK hands on whatever JSON came, so what should be a list may be none. */
export function objects<T extends object>(list: readonly T[] | undefined): T[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

/** The same of texts. */
export function texts(list: readonly string[] | undefined): string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

/** What a call names a page by; empty for the first one. */
export interface PageToken {
  readonly NextToken?: string;
}

/** The pages of a list, one after another: each is asked for by the token that the one before has. */
export async function* pages<Page extends { readonly NextToken?: string | undefined }>(
  ask: (token: PageToken) => Promise<Page>,
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const page = await ask(token ? { NextToken: token } : {});
    yield page;
    token = page.NextToken;
  } while (token);
}
