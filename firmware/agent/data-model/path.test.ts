import test from 'ava';
import fc from 'fast-check';
import { UspError } from '../error.ts';
import { maxPathLength, parsePath } from './path.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const value = fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/["%]/g, 'x'));
const part = fc.oneof(
	name.map((text) => ({ text, segment: { kind: 'name', name: text } })),
	fc
		.integer({ min: 1, max: 4_000_000_000 })
		.map((number) => ({ text: `${number}`, segment: { kind: 'number', number } })),
	fc.constant({ text: '*', segment: { kind: 'any' } }),
	fc.tuple(name, fc.constantFrom('==', '!='), value).map(([param, operator, text]) => ({
		text: `[${param}${operator}"${text}"]`,
		segment: { kind: 'search', conditions: [{ param, operator, value: text }] },
	})),
);
const leaf = fc.oneof(
	name,
	name.map((text) => `${text}()`),
	name.map((text) => `${text}!`),
	fc.constant(undefined),
);

test('a path reads as what it was written from, whatever stands in its values', (t) => {
	fc.assert(
		fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), leaf, (parts, last) => {
			const text = `${parts.map((each) => each.text).join('.')}.${last ?? ''}`;
			t.deepEqual(parsePath(text), {
				segments: parts.map((each) => each.segment),
				leaf: last,
				text,
			} as never);
		}),
	);
	t.pass();
});

test('any other text is refused as a path and never breaks anything', (t) => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(...'Ab1.*[]"=&!()% <+#'), maxLength: 20 }), (text) => {
			try {
				parsePath(text);
				return true;
			} catch (error) {
				return error instanceof UspError && error.code === 'invalid-path-syntax';
			}
		}),
	);
	t.pass();
});

for (const [text, why] of [
	['', 'nothing'],
	['Device', 'a name alone'],
	['Device..A.', 'an empty step'],
	['Device.A.01.', 'a number with a leading zero'],
	['Device.A.[].', 'an empty search'],
	['Device.A.[Name=="x".', 'a search without end'],
	['Device.A.[Name=="x"&&].', 'a search that ends in and'],
	['Device.A.Ref+.Name', 'a reference to follow'],
	['Device.A.B(', 'half a command'],
	[`Device.${'A'.repeat(maxPathLength)}.`, 'more than the longest path'],
] as const) {
	test(`a path is refused that has ${why}`, (t) => {
		t.throws(() => parsePath(text), { instanceOf: UspError, code: 'invalid-path-syntax' });
	});
}
