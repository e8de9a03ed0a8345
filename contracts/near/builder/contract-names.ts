import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a folder that hold a contract, or put one together of its parts, by name without `.ts`, sorted. */
export async function contractNames(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return files
    .filter((_, index) => /^(@NearBindgen\b|export \* from )/m.test(texts[index] ?? ''))
    .map((file) => file.slice(0, -3))
}
