// What the package declares is what it does: held against each other by the compiler, beside what of it can be run.
import test from 'ava';
import type { BoxConfig as Checked } from '../config.ts';
import * as face from './index.ts';
import type * as declared from './mullion.d.ts';

type Flat<T> = T extends readonly (infer Item)[]
	? readonly Flat<Item>[]
	: T extends object
		? { readonly [Name in keyof T]: Flat<T[Name]> }
		: T;
type IsSame<One, Other> =
	(<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

test('the package declares what it has, and every field of a configuration', (t) => {
	const isSame: IsSame<Flat<Checked>, Flat<declared.BoxConfig>> = true;
	const asDeclared: Record<keyof typeof declared, unknown> & typeof declared = face;
	t.true(isSame);
	t.deepEqual(Object.keys(asDeclared).toSorted(), ['CodedError', 'openBox']);
});
