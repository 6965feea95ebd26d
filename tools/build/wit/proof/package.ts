/** Random WIT packages, and their text as somebody might have written it. */
import fc from 'fast-check';
import { primitives } from '../model.ts';

/** A declaration: its name, what follows it, and the names of types it mentions. */
export interface PrintedType {
	readonly text: string;
	readonly kind: string;
}

const word = fc.constantFrom(
	'a',
	'red',
	'x2',
	'list',
	'record',
	'use',
	'func',
	'long-name',
	'HTTP-url',
	'result',
	'own',
);

/** Every name is written with `%`, which is always allowed, so that keywords occur too. */
const name = fc.tuple(word, fc.nat({ max: 999 })).map(([text, number]) => `%${text}-n${number}`);

const type: fc.Arbitrary<string> = fc.letrec<{ type: string }>((tie) => ({
	type: fc.oneof(
		{ maxDepth: 3, withCrossShrink: true },
		fc.constantFrom<string>(...primitives),
		fc.constantFrom('list', 'option').chain((head) => tie('type').map((inner) => `${head}<${inner}>`)),
		fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((items) => `tuple<${items.join(', ')}>`),
		fc.constant('result'),
		tie('type').map((inner) => `result<${inner}>`),
		tie('type').map((inner) => `result<_, ${inner}>`),
		fc.tuple(tie('type'), tie('type')).map(([one, other]) => `result<${one}, ${other}>`),
	),
})).type;

const distinct = (least: number) =>
	fc.uniqueArray(name, { minLength: least, maxLength: 5, selector: (text) => text.toLowerCase() });

const members = distinct(1).chain((names) =>
	fc.tuple(...names.map((each) => fc.tuple(fc.constant(each), fc.option(type, { nil: undefined })))),
);

const definition = (title: string): fc.Arbitrary<string> =>
	fc.oneof(
		members.map(
			(all) => `record ${title} { ${all.map(([each, inner]) => `${each}: ${inner ?? 'u8'}`).join(', ')} }`,
		),
		members.map(
			(all) =>
				`variant ${title} { ${all.map(([each, inner]) => (inner === undefined ? each : `${each}(${inner})`)).join(', ')}, }`,
		),
		distinct(1).map((all) => `enum ${title} { ${all.join(', ')} }`),
		distinct(1).map((all) => `flags ${title} { ${all.join(', ')} }`),
		type.map((target) => `type ${title} = ${target};`),
	);

const func = (title: string): fc.Arbitrary<string> =>
	fc.tuple(members, fc.option(type, { nil: undefined })).map(([params, result]) => {
		const list = params.map(([each, inner]) => `${each}: ${inner ?? 'bool'}`).join(', ');
		return `${title}: func(${list})${result === undefined ? '' : ` -> ${result}`};`;
	});

export interface PrintedPackage {
	readonly text: string;
	/** Number of definitions and of functions in its one interface. */
	readonly definitions: number;
	readonly funcs: number;
}

export const anyPackage: fc.Arbitrary<PrintedPackage> = distinct(2).chain((names) => {
	const half = Math.ceil(names.length / 2);
	return fc
		.tuple(fc.tuple(...names.slice(0, half).map(definition)), fc.tuple(...names.slice(half).map(func)))
		.map(([definitions, funcs]) => ({
			text: `package a:b@1.0.0;\ninterface face {\n  ${[...definitions, ...funcs].join('\n  ')}\n}\nworld w {\n  import face;\n  export face;\n}\n`,
			definitions: definitions.length,
			funcs: funcs.length,
		}));
});
