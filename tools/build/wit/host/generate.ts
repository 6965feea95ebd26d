/** WIT -> TypeScript: the direct linker of a world, specialised code from the core module to values and back. */
import type { Definition, Package } from '../model.ts';
import { Declared, pascalCase } from '../naming.ts';
import { Source } from '../source.ts';
import { WitError } from '../wit-error.ts';
import { writeAccessors } from './accessors.ts';
import { writeCoreSignatures } from './core-signatures.ts';
import { writeGuestClass } from './guest-class.ts';
import { writeHostInterface, writeImportsOf } from './imports.ts';
import { writeTypes } from './types.ts';

export interface HostOptions {
	readonly package: Package;
	readonly world: string;
	/** Folder of `guest-memory.ts` and `bits.ts`, as the generated file imports it. */
	readonly supportFolder: string;
}

/**
 * Text of a module with the types of the world, `importsOf`, and a class `<World>Guest` with a
 * method for every function that the guest exports.
 *
 * @throws WitError `wit-unknown-name` for a world that is not there, `wit-duplicate-name`
 */
export function generateHost(options: HostOptions): string {
	const world = options.package.worlds.find((each) => each.name === options.world);
	if (world === undefined) throw new WitError('wit-unknown-name', `no world ${options.world} in the package`);
	const out = new Source();
	const definitions: Definition[] = [
		...options.package.interfaces.flatMap((each) => each.definitions),
		...world.definitions,
	];
	writeHead(out, options);
	const declared = new Declared();
	for (const name of [`${pascalCase(world.name)}Host`, `${pascalCase(world.name)}Guest`])
		declared.add(name, world.name);
	writeTypes(out, definitions, declared);
	writeHostInterface(out, world);
	writeImportsOf(out, world);
	writeGuestClass(out, world);
	writeCoreSignatures(out, world);
	writeAccessors(out, definitions);
	return out.toString();
}

function writeHead(out: Source, { package: source, world, supportFolder }: HostOptions): void {
	out.line(
		`/** Direct linker for the world \`${world}\` of \`${source.name}\`, generated from its WIT; do not edit. */`,
	);
	out.line(
		`import { f32FromBits as __f32FromBits, f32ToBits as __f32ToBits } from '${supportFolder}/bits.ts';`,
	);
	out.line(
		`import { f64FromBits as __f64FromBits, f64ToBits as __f64ToBits } from '${supportFolder}/bits.ts';`,
	);
	out.line(`import type { CoreSignatures } from '${supportFolder}/core-signatures.ts';`);
	out.line('import {');
	out.line('\tbadTag as __badTag,');
	out.line('\texportedFunction as __exportedFunction,');
	out.line('\ttype GuestMemory,');
	out.line('\tunknownCase as __unknownCase,');
	out.line(`} from '${supportFolder}/guest-memory.ts';`);
	out.line('');
	out.line(
		"export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E };",
	);
	out.line('');
	out.line('/** An option of an option; a plain one is the value or undefined. */');
	out.line("export type Option<T> = { readonly tag: 'none' } | { readonly tag: 'some'; readonly val: T };");
}
