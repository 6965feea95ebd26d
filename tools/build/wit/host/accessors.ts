/** The functions of a generated file that read and write its declared types. */
import { layoutOf } from '../layout.ts';
import type { Definition, Type } from '../model.ts';
import { camelCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { cell, plus } from './address.ts';
import { load } from './load.ts';
import { store } from './store.ts';
import { hostName, namesConstant } from './types.ts';

/** `__loadX` and `__storeX` of records and variants, `__toX` and `__fromX` of enums and flags. */
export function writeAccessors(out: Source, definitions: readonly Definition[]): void {
	for (const definition of definitions) {
		const { body } = definition;
		const name = hostName(definition);
		const type: Type = { kind: 'named', definition };
		const { offsets, tagSize, payloadOffset } = layoutOf(type);
		const at = { base: '__p', offset: 0 };
		const functions = (writeLoad: () => void, writeStore: () => void) => {
			out.line('');
			out.block(`function __load${name}(__m: GuestMemory, __p: number): ${name}`, writeLoad);
			out.line('');
			out.block(`function __store${name}(__m: GuestMemory, __p: number, __value: ${name}): void`, writeStore);
		};
		if (body.kind === 'record') {
			const fields = body.fields.map((field, index) => ({
				...field,
				at: plus(at, offsets[index] as number),
			}));
			functions(
				() => {
					const values = fields.map(
						(field) => `${camelCase(field.name)}: ${load(out, field.type, field.at)}`,
					);
					out.line(`return { ${values.join(', ')} };`);
				},
				() => {
					for (const field of fields)
						store(out, field.type, { at: field.at, value: `__value.${camelCase(field.name)}` });
				},
			);
		} else if (body.kind === 'variant') {
			const payload = plus(at, payloadOffset);
			functions(
				() => {
					out.block(`switch (${cell(tagSize, at)})`, () => {
						body.cases.forEach((each, index) => {
							out.block(`case ${index}:`, () => {
								const value = each.type === undefined ? '' : `, val: ${load(out, each.type, payload)}`;
								out.line(`return { tag: '${each.name}'${value} };`);
							});
						});
					});
					out.line(`return __badTag('${definition.name}', ${cell(tagSize, at)});`);
				},
				() => {
					out.block('switch (__value.tag)', () => {
						body.cases.forEach((each, index) => {
							out.block(`case '${each.name}':`, () => {
								out.line(`${cell(tagSize, at).replace(/!$/, '')} = ${index};`);
								if (each.type !== undefined) store(out, each.type, { at: payload, value: '__value.val' });
								out.line('return;');
							});
						});
						out.line(`default: __unknownCase('${definition.name}', __value);`);
					});
				},
			);
		} else if (body.kind === 'enum') writeEnum(out, definition);
		else if (body.kind === 'flags') {
			out.line('');
			out.block(`function __to${name}(__bits: number): ${name}`, () => {
				const flags = body.flags.map(
					(flag, index) => `${camelCase(flag.name)}: (__bits & ${1 << index}) !== 0`,
				);
				out.line(`return { ${flags.join(', ')} };`);
			});
			out.line('');
			out.block(`function __from${name}(__value: ${name}): number`, () => {
				const flags = body.flags.map(
					(flag, index) => `(__value.${camelCase(flag.name)} ? ${1 << index} : 0)`,
				);
				out.line(`return ${flags.join(' | ')};`);
			});
		}
	}
}

function writeEnum(out: Source, definition: Definition): void {
	const name = hostName(definition);
	const names = namesConstant(definition);
	out.line('');
	out.block(`function __to${name}(__tag: number): ${name}`, () => {
		out.line(`return ${names}[__tag] ?? __badTag('${definition.name}', __tag);`);
	});
	out.line('');
	out.block(`function __from${name}(__value: ${name}): number`, () => {
		out.line(`const __tag = ${names}.indexOf(__value);`);
		out.line(`return __tag >= 0 ? __tag : __unknownCase('${definition.name}', __value);`);
	});
}
