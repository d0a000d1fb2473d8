/** What stands at the head of a page that is made from code. */
export const generatedNote = (source: string): string =>
  `*Made from [\`${source}\`](../../${source}) by \`node scripts/bootstrap.mjs tools/docs/write.ts\`. Change it there, not here.*`;
