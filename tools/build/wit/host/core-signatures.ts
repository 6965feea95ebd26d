/** The core types of what a guest may import and has to export, for a check before it is instantiated. */
import { funcLayout } from '../layout.ts';
import type { Func, World } from '../model.ts';
import { camelCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { funcsOf, interfacesOf } from '../world.ts';

export function writeCoreSignatures(out: Source, world: World): void {
	out.line('');
	out.line('/** Core types of what the guest imports and exports. */');
	out.block(
		`export const ${camelCase(world.name)}Signatures: CoreSignatures =`,
		() => {
			out.line('imports: new Map([');
			for (const { id, funcs } of importedModules(world)) {
				const entries = funcs.map((func) => `['${func.name}', '${imported(func)}']`);
				out.line(`\t['${id}', new Map([${entries.join(', ')}])],`);
			}
			out.line(']),');
			out.line('exports: new Map([');
			for (const each of interfacesOf(world.exports))
				for (const func of each.funcs) writeExported(out, func, `${each.id}#${func.name}`);
			for (const func of funcsOf(world.exports)) writeExported(out, func, func.name);
			out.line(']),');
		},
		'};',
	);
}

function importedModules(world: World): { id: string; funcs: readonly Func[] }[] {
	return [...interfacesOf(world.imports), { id: '$root', funcs: funcsOf(world.imports) }].filter(
		({ funcs }) => funcs.length > 0,
	);
}

function imported(func: Func): string {
	const { params, result, isResultSpilled } = funcLayout(func);
	return `${[...params, ...(isResultSpilled ? ['i32'] : [])].join(' ')} -> ${result ?? ''}`.trim();
}

function writeExported(out: Source, func: Func, name: string): void {
	const { params, result, isResultSpilled } = funcLayout(func);
	const returned = isResultSpilled ? 'i32' : (result ?? '');
	out.line(`\t['${name}', '${`${params.join(' ')} -> ${returned}`.trim()}'],`);
	if (isResultSpilled) out.line(`\t['cabi_post_${name}', 'i32 ->'],`);
}
