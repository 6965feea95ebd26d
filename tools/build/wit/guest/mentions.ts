/** What a generated file must import for the types that it mentions. */
import type { Func, Package, Type } from '../model.ts';
import type { Source } from '../source.ts';
import { caseClass, className, closure, tagEnum } from './types.ts';

const abiNames =
	'Nothing, Option, Result, ok, err, __string, __array, __allocate, __settle, __reallocate, __rest';

export function signatureTypes({ params, result }: Func): Type[] {
	return [...params.map((param) => param.type), ...(result === undefined ? [] : [result])];
}

export function writeImports(out: Source, types: readonly Type[], self: string): void {
	const all = closure(types);
	out.line(
		`import { ${[abiNames, ...tuplesIn(all).map((size) => `Tuple${size}`)].join(', ')} } from "./abi";`,
	);
	const byFile = new Map<string, string[]>();
	for (const type of all) {
		if (type.kind !== 'named' || type.definition.owner === self) continue;
		const { definition } = type;
		const name = className(definition);
		const names = [name];
		if (definition.body.kind === 'record') names.push(`__load${name}`, `__store${name}`);
		if (definition.body.kind === 'variant') {
			names.push(`__load${name}`, `__store${name}`, tagEnum(definition));
			names.push(...definition.body.cases.map((each) => caseClass(definition, each.name)));
		}
		byFile.set(definition.owner, [...(byFile.get(definition.owner) ?? []), ...names]);
	}
	for (const [file, names] of byFile) out.line(`import { ${names.join(', ')} } from "./${file}";`);
}

export function tupleSizes({ interfaces, worlds }: Package): number[] {
	const definitions = [...interfaces, ...worlds].flatMap((owner) => owner.definitions);
	const funcs = [
		...interfaces.flatMap((each) => each.funcs),
		...worlds
			.flatMap((world) => [...world.imports, ...world.exports])
			.flatMap((item) => (item.kind === 'func' ? [item.func] : [])),
	];
	const named = definitions.map((definition): Type => ({ kind: 'named', definition }));
	return tuplesIn(closure([...named, ...funcs.flatMap(signatureTypes)]));
}

function tuplesIn(types: readonly Type[]): number[] {
	const sizes = types.flatMap((type) => (type.kind === 'tuple' ? [type.items.length] : []));
	return [...new Set(sizes)].sort((a, b) => a - b);
}
