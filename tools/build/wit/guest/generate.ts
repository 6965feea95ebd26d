/** WIT -> AssemblyScript: what a guest in AssemblyScript needs to be a component of a world. */
import type { Definition, Func, Package, Type } from '../model.ts';
import { Declared, identifier } from '../naming.ts';
import { Source } from '../source.ts';
import { WitError } from '../wit-error.ts';
import { interfacesOf } from '../world.ts';
import { writeAccessors } from './accessors.ts';
import { exportsSource } from './exports.ts';
import { writeImport } from './imports.ts';
import { signatureTypes, tupleSizes, writeImports } from './mentions.ts';
import { supportSource } from './support.ts';
import { writeClasses } from './types.ts';

export interface GuestBindings {
	/** File name -> text. */
	readonly files: ReadonlyMap<string, string>;
	/** Name that AssemblyScript can export -> name that the canonical ABI wants. All are in `exports.ts`. */
	readonly exportNames: ReadonlyMap<string, string>;
	/** Core imports that the world allows, as `module#name`. */
	readonly importNames: ReadonlySet<string>;
}

export interface GuestOptions {
	readonly package: Package;
	readonly world: string;
	/** Module with the functions that the guest exports, by interface name or by world name for functions of their own. */
	readonly implementation?: (name: string) => string;
}

/**
 * Strings are UTF-16. The code relies on `--runtime minimal`: objects live until the host has read
 * the result, so what leaves the guest is borrowed and what enters it becomes an object in place.
 *
 * @throws WitError `wit-unknown-name` for a world that is not there, `wit-duplicate-name`
 */
export function generateGuest(options: GuestOptions): GuestBindings {
	const { implementation = (name: string) => `../${name}` } = options;
	const world = options.package.worlds.find((each) => each.name === options.world);
	if (world === undefined) throw new WitError('wit-unknown-name', `no world ${options.world} in the package`);
	const files = new Map<string, string>();
	const importNames = new Set<string>();
	const imported = new Set(interfacesOf(world.imports));
	for (const each of options.package.interfaces) {
		const funcs = imported.has(each) ? each.funcs : [];
		for (const func of funcs) importNames.add(`${each.id}#${func.name}`);
		if (each.definitions.length + funcs.length === 0) continue;
		files.set(`${each.name}.ts`, interfaceSource(each, { funcs, module: each.id }));
	}
	const funcs = world.imports.flatMap((item) => (item.kind === 'func' ? [item.func] : []));
	for (const func of funcs) importNames.add(`$root#${func.name}`);
	if (world.definitions.length + funcs.length > 0) {
		if (files.has(`${world.name}.ts`))
			throw new WitError('wit-duplicate-name', `${world.name} is also an interface`);
		files.set(`${world.name}.ts`, interfaceSource(world, { funcs, module: '$root' }));
	}
	const { text, exportNames } = exportsSource(world, implementation);
	files.set('exports.ts', text);
	files.set('abi.ts', supportSource(tupleSizes(options.package)));
	return { files, exportNames, importNames };
}

interface Owner {
	readonly name: string;
	readonly docs: string;
	readonly definitions: readonly Definition[];
}

function interfaceSource(
	owner: Owner,
	{ funcs, module }: { funcs: readonly Func[]; module: string },
): string {
	const out = new Source();
	const declared = new Declared();
	out.line('// Generated from WIT; do not edit.');
	const own = owner.definitions.map((definition): Type => ({ kind: 'named', definition }));
	writeImports(out, [...own, ...funcs.flatMap(signatureTypes)], owner.name);
	writeClasses(out, owner, declared);
	writeAccessors(out, owner.definitions);
	funcs.forEach((func, index) => {
		declared.add(identifier(func.name), func.name);
		writeImport(out, func, { module, local: `__import${index}` });
	});
	return out.toString();
}
