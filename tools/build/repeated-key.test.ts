import test from 'ava';
import fc from 'fast-check';
import { repeatedKey } from './repeated-key.ts';

test('a key that stands twice in one object is found, with the line of the second one', (t) => {
	t.deepEqual(repeatedKey('{\n"a": 1,\n"b": {"a": 2},\n"\\u0061": 3\n}'), { key: 'a', line: 4 });
	t.deepEqual(repeatedKey('[{"a": [{}, "a", {"b": 1, "b": 2}]}]'), { key: 'b', line: 1 });
});

test('nothing is found in what was written as JSON, whatever is in its texts', (t) => {
	fc.assert(
		fc.property(fc.json(), fc.nat(3), (json, indent) => {
			t.is(repeatedKey(JSON.stringify(JSON.parse(json), null, indent)), undefined);
		}),
	);
});
