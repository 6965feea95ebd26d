/** How a singular sub-message is read. */
import type { ProtoField } from '../model.ts';
import { block } from '../text.ts';
import { memberName } from './name.ts';
import { tag, type Value } from './value.ts';

/** A sub-message that comes again is merged with the one before. */
export function mergeCase(field: ProtoField, value: Value): string[] {
	const name = memberName(field.name);
	return block(`case ${tag(field, value)}:`, [
		'const outer = reader.enter();',
		`let message = this.${name};`,
		...block('if (message === null)', [`message = new ${value.type}();`, `this.${name} = message;`]),
		'message._read(reader);',
		'reader.leave(outer);',
		'break;',
	]);
}
