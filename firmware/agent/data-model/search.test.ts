import test from 'ava';
import { isMatch, readConditions } from './search.ts';

const row = { Name: 'player', Version: '1.10.0', Memory: 300, IsUp: true, Quoted: 'a"b%c' };

for (const [expression, expected] of [
	['Name=="player"', true],
	['Name=="Player"', false],
	['Name!="player"', false],
	['Memory>299', true],
	['Memory>=301', false],
	['Memory<1000', true],
	['Memory==300', true],
	['IsUp==true', true],
	['IsUp==false', false],
	['Name=="player"&&Memory<301', true],
	['Name=="player" && Memory < 300', false],
	['Quoted=="a%22b%25c"', true],
	['Missing!="x"', false],
	['constructor!="x"', false],
] as const) {
	test(`[${expression}] is ${expected} of the row`, (t) => {
		t.is(isMatch(readConditions(expression), row), expected);
	});
}

for (const expression of [
	'Name',
	'Name=player',
	'=="x"',
	'Name=="x"||Name=="y"',
	'Name=="x" Name=="y"',
	'Name==x',
]) {
	test(`[${expression}] is refused`, (t) => {
		t.throws(() => readConditions(expression), { code: 'invalid-path-syntax' });
	});
}
