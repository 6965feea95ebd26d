// Ten thousand damaged modules: each is refused with a code, ended with a code, or runs.
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { makeProbe } from '../../../modules/probe/testbed.ts';
import { buildModule } from '../../../tools/build/component.ts';
import { withManifest } from '../../../tools/hil/box/variant.ts';
import { decodeComponent } from '../decode.ts';
import { Bed } from './bed.ts';
import { guestOf } from './guest-text.ts';
import { damaged, mutated, seeded, withCore } from './mutation.ts';

/** What is left of a module's memory is the engine's to free; so much may be waiting. */
const mostResidentBytes = 1_500_000_000;

/** Under a budget of a millisecond, and listening to what a bed says. */
const small = (bytes: Uint8Array): Uint8Array =>
	withManifest(bytes, ({ budget, subscribes, ...manifest }) => ({
		...manifest,
		subscribes: { ...(subscribes as object), 'hostile.order': 'probe.Order' },
		budget: { ...(budget as object), turnMs: 1 },
	}));

const { built, order } = await makeProbe();
const probe = small(built.bytes);
const directory = fileURLToPath(new URL('../../../modules/player', import.meta.url));
const [player] = (await buildModule({ directory })).map(({ bytes }) => small(bytes));
const sums = await guestOf({
	more: `(func $sum (param $n i32) (result i32) (local $i i32) (local $s i32) (local $f f64)
		(loop $l (local.set $s (i32.add (local.get $s) (i32.load (i32.and (local.get $i) (i32.const 1020)))))
			(local.set $f (f64.add (local.get $f) (f64.sqrt (f64.convert_i32_s (i32.sub (local.get $s) (local.get $i))))))
			(if (i32.and (local.get $i) (i32.const 3)) (then (i32.store (i32.const 512) (call $less (local.get $s) (local.get $n)))))
			(br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
		(f64.store (i32.const 520) (local.get $f)) (i32.xor (local.get $s) (i32.load (i32.const 512))))
		(func $less (param i32 i32) (result i32) (if (result i32) (i32.lt_s (local.get 0) (local.get 1))
			(then (call $less (i32.add (local.get 0) (i32.const 7)) (i32.sub (local.get 1) (i32.const 9)))) (else (local.get 0))))`,
	start: '(i32.store (i32.const 528) (call $sum (i32.const 100))) (i32.const 1024)',
	turn: '(i32.store (i32.const 532) (call $sum (local.get $length))) (i32.const 1024)',
});

interface Subject {
	readonly component: Uint8Array;
	readonly damages: number;
	readonly mutations: number;
}

const subjects: Record<string, Subject> = {
	'the probe': { component: probe, damages: 2000, mutations: 700 },
	'the player': { component: player as Uint8Array, damages: 2000, mutations: 300 },
	'a service by hand': { component: small(sums), damages: 2000, mutations: 3000 },
};

for (const [what, { component, damages, mutations }] of Object.entries(subjects)) {
	test.serial(
		`${what}, damaged ${damages + mutations} times, never does more than end with a code`,
		async (t) => {
			const bed = await Bed.start({ payload: order({ what: 'count' }) });
			const random = seeded(damages + mutations);
			const { core } = decodeComponent(component);
			const seen = { install: 0, start: 0, turn: 0, sleep: 0, running: 0 };
			for (let left = damages; left > 0; left--) {
				const changed =
					random(2) === 0 ? damaged(component, random) : withCore(component, damaged(core, random));
				seen[(await bed.run(changed)).at]++;
			}
			for (let left = mutations; left > 0; left--)
				seen[(await bed.run(withCore(component, mutated(core, random)))).at]++;

			t.log(seen);
			t.true(seen.install > 0 && seen.running > 0 && seen.start + seen.turn > 0);
			t.true(await bed.isNeighbourWell());
			t.true(process.memoryUsage().rss < mostResidentBytes, `${process.memoryUsage().rss} bytes`);
		},
	);
}
