/** The table of every stable error code, from the tables in the code: `proto/ERRORS.md`. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folders = 'proto,runtime,firmware,tools';
const declaration = /^export const (\w+Errors) = \{/m;

export async function errorTable(repository: string): Promise<string> {
	const sections: string[] = [];
	for (const file of await sourcesWithTables(repository)) {
		const { name, path } = file;
		const module = (await import(join(repository, path))) as Record<string, Record<string, string>>;
		const rows = Object.entries(module[name] ?? {}).map(
			([code, meaning]) => `| \`${code}\` | ${sentence(meaning)} |`,
		);
		sections.push(`## ${path}\n\n| code | meaning |\n| --- | --- |\n${rows.join('\n')}\n`);
	}
	return `# Error codes\n\nCodes are stable, messages are not. Written by \`npm run generate\` from the code; do not edit.\n\n${sections.join('\n')}`;
}

async function sourcesWithTables(repository: string): Promise<{ name: string; path: string }[]> {
	const found: { name: string; path: string }[] = [];
	for await (const path of glob(`{${folders}}/**/*.ts`, { cwd: repository })) {
		if (path.includes('node_modules') || path.includes('/assembly/') || path.endsWith('.test.ts')) continue;
		const name = declaration.exec(await readFile(join(repository, path), 'utf8'))?.[1];
		if (name !== undefined) found.push({ name, path });
	}
	return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function sentence(text: string): string {
	const first = text.charAt(0).toUpperCase() + text.slice(1);
	return first.endsWith('.') ? first : `${first}.`;
}
