/** The functions of a generated file that read and write its records and variants. */
import { layoutOf } from '../layout.ts';
import type { Definition, Type } from '../model.ts';
import { identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { tagType } from './address.ts';
import { load, loadRaw } from './load.ts';
import { store, storeRaw } from './store.ts';
import { caseClass, className, tagEnum } from './types.ts';

/** `__loadX` and `__storeX` of every record and variant of an interface. */
export function writeAccessors(out: Source, definitions: readonly Definition[]): void {
	for (const definition of definitions) {
		const { body } = definition;
		const name = className(definition);
		const type: Type = { kind: 'named', definition };
		if (body.kind === 'record') {
			const { offsets } = layoutOf(type);
			const fields = body.fields.map((field, index) => ({
				...field,
				at: { base: '__p', offset: offsets[index] as number },
			}));
			out.line('');
			out.block(`export function __load${name}(__p: usize): ${name}`, () => {
				out.line(`return new ${name}(${fields.map((field) => load(out, field.type, field.at)).join(', ')});`);
			});
			out.block(`export function __store${name}(__p: usize, __value: ${name}): void`, () => {
				for (const field of fields)
					store(out, field.type, { at: field.at, value: `__value.${identifier(field.name)}` });
			});
		}
		if (body.kind === 'variant') {
			const { tagSize, payloadOffset } = layoutOf(type);
			const at = { base: '__p', offset: 0 };
			const payload = { base: '__p', offset: payloadOffset };
			const tag = tagType(tagSize);
			out.line('');
			out.block(`export function __load${name}(__p: usize): ${name}`, () => {
				out.block(`switch (${loadRaw(tag, at)})`, () => {
					body.cases.forEach((each, index) => {
						out.block(`case ${index}:`, () => {
							const inner = each.type === undefined ? '' : load(out, each.type, payload);
							out.line(`return new ${caseClass(definition, each.name)}(${inner});`);
						});
					});
				});
				out.line('return unreachable();');
			});
			out.block(`export function __store${name}(__p: usize, __value: ${name}): void`, () => {
				out.line(storeRaw(tag, at, `<${tag}>__value.tag`));
				out.block('switch (__value.tag)', () => {
					for (const each of body.cases) {
						const { type } = each;
						if (type === undefined) continue;
						out.block(`case ${tagEnum(definition)}.${pascalCase(each.name)}:`, () => {
							const value = `changetype<${caseClass(definition, each.name)}>(__value).value`;
							store(out, type, { at: payload, value });
							out.line('break;');
						});
					}
				});
			});
		}
	}
}
