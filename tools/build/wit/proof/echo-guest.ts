/** A guest that passes everything it is given to the host and gives back what the host says. */

import { caseClass, className, tagEnum, typeName } from '../guest/types.ts';
import type { Func, Package, World } from '../model.ts';
import { identifier } from '../naming.ts';

/** AssemblyScript with the functions of an exported interface, each calling the import of the same name. */
export function echoSource(source: Package, interfaceName: string): string {
	const found = source.interfaces.find((each) => each.name === interfaceName);
	return [...importsOf(source), `import * as host from "./wit/${interfaceName}";`]
		.concat(found?.funcs.map((func) => echo(func, `host.${identifier(func.name)}`)) ?? [])
		.join('\n');
}

/** The same for one function of the world itself. */
export function loneEcho(
	source: Package,
	{ world, from, to }: { world: World; from: Func; to: Func },
): string {
	return [...importsOf(source, world), echo(to, identifier(from.name))].join('\n');
}

function echo({ name, params, result }: Func, target: string): string {
	const signature = params.map((param) => `${identifier(param.name)}: ${typeName(param.type)}`).join(', ');
	const args = params.map((param) => identifier(param.name)).join(', ');
	const returns = result === undefined ? 'void' : typeName(result);
	const call = `${result === undefined ? '' : 'return '}${target}(${args});`;
	return `export function ${identifier(name)}(${signature}): ${returns} { ${call} }`;
}

function importsOf(source: Package, world?: World): string[] {
	const lines = ['import { Nothing, Option, Result, Tuple1, Tuple2, Tuple4 } from "./wit/abi";'];
	for (const owner of [...source.interfaces, ...(world === undefined ? [] : [world])]) {
		const names = owner.definitions.flatMap((definition) => {
			const { body } = definition;
			if (body.kind !== 'variant') return [className(definition)];
			const cases = body.cases.map((each) => caseClass(definition, each.name));
			return [className(definition), tagEnum(definition), ...cases];
		});
		const funcs =
			world === owner
				? world.imports.flatMap((item) => (item.kind === 'func' ? [identifier(item.func.name)] : []))
				: [];
		if (names.length + funcs.length > 0)
			lines.push(`import { ${[...names, ...funcs].join(', ')} } from "./wit/${owner.name}";`);
	}
	return lines;
}
