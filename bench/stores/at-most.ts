/** Reads all names, at most `limit` at once: the loop that one writes by hand. */
export async function atMost<Value>(
  limit: number,
  names: readonly string[],
  read: (name: string) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  const queue = names.entries();
  const worker = async () => {
    for (const [index, name] of queue) values[index] = await read(name);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return values;
}
