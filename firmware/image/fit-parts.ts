/** A FIT made anew with other contents for some of its images. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tool } from './tool.ts';

export interface ReplaceOptions {
	/** The FIT that there is. */
	readonly ready: string;
	/** Images by name -> what is in their place. */
	readonly own: Readonly<Record<string, string>>;
	/** Of files in between. */
	readonly folder: string;
	readonly file: string;
}

/** Of an image, beside its contents; `load` and `entry` are numbers. */
const said = ['description', 'type', 'arch', 'os', 'compression', 'load', 'entry'];
const numbers = new Set(['load', 'entry']);

/** @throws ImageError */
export async function replaceInFit({ ready, own, folder, file }: ReplaceOptions): Promise<void> {
	const [configuration = ''] = await names(ready, '/configurations');
	const images: string[] = [];
	for (const [index, name] of (await names(ready, '/images')).entries()) {
		const part = own[name] ?? join(folder, `${name}.part`);
		if (own[name] === undefined)
			await tool('dumpimage', ['-T', 'flat_dt', '-p', `${index}`, '-o', part, ready]);
		images.push(`${name} { data = /incbin/("${part}"); ${await linesOf(ready, `/images/${name}`, said)} };`);
	}
	const chosen = await linesOf(ready, `/configurations/${configuration}`, ['firmware', 'fdt', 'loadables']);
	const source = join(folder, 'loader.its');
	await writeFile(
		source,
		`/dts-v1/;
/ {
	description = "${configuration}";
	images {
		${images.join('\n\t\t')}
	};
	configurations {
		default = "${configuration}";
		${configuration} { ${chosen} };
	};
};
`,
	);
	// Contents lie behind the tree, where a first boot loader with little memory looks for them.
	await tool('mkimage', ['-E', '-B', '0x1000', '-f', source, file], { env: { SOURCE_DATE_EPOCH: '0' } });
}

async function names(fit: string, node: string): Promise<string[]> {
	return (await tool('fdtget', ['-l', fit, node])).trim().split('\n');
}

async function linesOf(fit: string, node: string, properties: readonly string[]): Promise<string> {
	const lines: string[] = [];
	for (const property of properties) {
		const isNumber = numbers.has(property);
		const value = (await tool('fdtget', ['-t', isNumber ? 'x' : 's', '-d', '', fit, node, property])).trim();
		if (value === '') continue;
		const written = isNumber
			? `<${value
					.split(' ')
					.map((word) => `0x${word}`)
					.join(' ')}>`
			: value
					.split(' ')
					.map((word) => `"${word}"`)
					.join(', ');
		lines.push(`${property} = ${property === 'description' ? `"${value}"` : written};`);
	}
	return lines.join(' ');
}
