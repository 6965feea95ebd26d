import test from 'ava';
import type { Baseband } from '../network/baseband.ts';
import { decide, type Situation } from './policy.ts';
import { type PolicySettings, usualPolicySettings } from './policy-settings.ts';

const now = 1_000_000_000;
const longAgo = now - 3_600_000_000;

const cellular = network({ id: 'lte0', kind: 'lte', range: 'wide', signalDbm: -90 });
const wifi = network({ id: 'wifi0', kind: 'wifi', range: 'short', signalDbm: -60 });

test('a network that only is of short range is gone to, and back is not', (t) => {
	t.like(on(cellular, [wifi]), { to: 'wifi0', trigger: 'short-range' });
	t.like(on(wifi, [cellular]), { to: undefined, reason: 'best' });
});

test('a network that is only cheaper is gone to, a dearer one is not', (t) => {
	const [cheap, dear] = [
		{ ...cellular, costPerMb: 0.01 },
		{ ...cellular, id: 'lte1', costPerMb: 0.02 },
	];
	t.like(on(dear, [cheap]), { to: 'lte0', trigger: 'cheaper' });
	t.is(on(cheap, [dear]).to, undefined);
	t.is(on(dear, [{ ...cheap, costPerMb: 0.015 }]).to, undefined);
});

test('a network that is only faster is gone to, a slower one is not', (t) => {
	const [slow, fast] = [
		{ ...cellular, speedKbps: 1000 },
		{ ...cellular, id: 'lte1', nominalKbps: 1500 },
	];
	t.like(on(slow, [fast]), { to: 'lte1', trigger: 'faster' });
	t.is(on(fast, [slow]).to, undefined);
	t.is(on(slow, [{ ...fast, nominalKbps: 1499 }]).to, undefined);
	t.is(on(cellular, [fast]).to, undefined, 'a speed nobody knows is not compared');
});

test('a cheaper network that is slower is still gone to: cost comes before speed', (t) => {
	const slow = { ...cellular, speedKbps: 100, costPerMb: 0 };
	const fast = { ...cellular, id: 'lte1', speedKbps: 9000, costPerMb: 1 };
	t.like(on(fast, [slow]), { to: 'lte0', trigger: 'cheaper' });
	t.is(on(slow, [fast]).to, undefined);
});

test('what the subscriber prefers is kept although a better network is there', (t) => {
	const settings = { preference: ['lte'] };
	t.like(on(cellular, [wifi], { settings }), { to: undefined, reason: 'best' });
	t.like(on(wifi, [cellular], { settings }), { to: 'lte0', trigger: 'appeared' });
});

test('what was asked for in the session comes before the preferences', (t) => {
	const settings = { preference: ['lte'] };
	t.is(on(wifi, [cellular], { settings, session: { preferred: 'wifi0' } }).to, undefined);
});

test('a request is followed at once, however short the network has been there', (t) => {
	const fresh = { ...wifi, upSinceUs: now, signalOkSinceUs: now };
	for (const by of ['user-request', 'remote-command'] as const) {
		const session = { request: { baseband: 'wifi0', by } };
		t.like(on(cellular, [fresh], { session }), { to: 'wifi0', trigger: by });
		t.is(on(cellular, [down(wifi)], { session }).to, undefined);
	}
});

test('a lost network is left at once, for one that has just come up', (t) => {
	const fresh = { ...cellular, upSinceUs: now, signalOkSinceUs: now };
	t.like(on(down(wifi), [fresh]), { to: 'lte0', trigger: 'network-lost' });
	t.like(on(down(wifi), [down(cellular)]), { to: undefined, reason: 'nowhere-to-go' });
});

test('a network whose signal sinks is kept down to its leave threshold', (t) => {
	const heard = (signalDbm: number): Baseband => ({ ...wifi, signalDbm });
	t.is(on(heard(-78), [cellular]).to, undefined);
	t.like(on(heard(-79), [cellular]), { to: 'lte0', trigger: 'signal-lost' });
	t.is(on(heard(-79), [{ ...cellular, signalDbm: -119 }]).to, undefined, 'no better where one would go');
});

test('a network that is up and silent is left at once, but not for one that is silent or weak', (t) => {
	const silent = { ...wifi, silentSinceUs: now };
	const fresh = { ...cellular, upSinceUs: now, signalOkSinceUs: now };
	t.like(on(silent, [fresh]), { to: 'lte0', trigger: 'network-lost', reason: 'wifi0 is silent' });
	t.like(on(silent, [{ ...cellular, silentSinceUs: now }]), { to: undefined, reason: 'nowhere-to-go' });
	t.like(on(silent, [{ ...cellular, signalDbm: -119 }]), { to: undefined, reason: 'nowhere-to-go' });
	t.is(on(down(cellular), [silent]).to, 'wifi0', 'when nothing else is left it is tried');
	t.is(on(down({ ...wifi, id: 'wifi1' }), [silent, fresh]).to, 'lte0');
});

test('a better network that was silent is tried again after the minimum time', (t) => {
	const silent = { ...wifi, silentSinceUs: now, signalOkSinceUs: now };
	const due = now + 30_000_000;
	t.like(on(cellular, [silent]), { to: undefined, reason: 'settling', lookAgainAtUs: due });
	t.is(on(cellular, [silent], { nowUs: due }).to, 'wifi0');
});

test('when all is lost, a poor network will do, and a good one is taken before it', (t) => {
	const poor = { ...wifi, id: 'wifi1', signalDbm: -90 };
	t.is(on(down(wifi), [poor]).to, 'wifi1');
	t.is(on(down(wifi), [poor, cellular]).to, 'lte0');
});

test('a session without a network goes to the best there is', (t) => {
	t.like(decideOn(undefined, [cellular, wifi]), { to: 'wifi0', trigger: 'appeared' });
	t.like(decideOn(undefined, [down(wifi)]), { to: undefined, reason: 'no-network' });
});

for (const minimumTimeMs of [30_000, 120_000]) {
	test(`a network has to be there for ${minimumTimeMs} ms, and is looked at again just then`, (t) => {
		const since = now - 10_000_000;
		const fresh = { ...wifi, upSinceUs: longAgo, signalOkSinceUs: since };
		const settings = { minimumTimeMs };
		const decision = on(cellular, [fresh], { settings });
		const due = since + minimumTimeMs * 1000;
		t.like(decision, { to: undefined, reason: 'settling', lookAgainAtUs: due });
		t.is(on(cellular, [fresh], { settings, nowUs: due - 1 }).to, undefined);
		t.is(on(cellular, [fresh], { settings, nowUs: due }).to, 'wifi0');
	});
}

test('a network too weak to go to is not waited for', (t) => {
	const { signalOkSinceUs: _, ...weak } = { ...wifi, signalDbm: -75 };
	t.like(on(cellular, [weak]), { to: undefined, reason: 'best', lookAgainAtUs: undefined });
});

test('after a handoff a session stays for the minimum time, whatever the figures say', (t) => {
	const session = { movedAtUs: now - 1_000_000 };
	const fast = { ...cellular, id: 'lte1', speedKbps: 9000 };
	const due = now + 29_000_000;
	t.like(on({ ...cellular, speedKbps: 10 }, [fast], { session }), {
		reason: 'just-moved',
		lookAgainAtUs: due,
	});
	t.is(on(down(cellular), [fast], { session }).to, 'lte1', 'but not when its network is lost');
});

test('a network that could not be moved to is left alone until its bar is over', (t) => {
	const session = { barredUntilUs: new Map([['wifi0', now + 5]]) };
	t.like(on(cellular, [wifi], { session }), { to: undefined, reason: 'barred', lookAgainAtUs: now + 5 });
	t.is(on(cellular, [wifi], { session, nowUs: now + 5 }).to, 'wifi0');
	t.like(on(down(cellular), [wifi], { session }), { reason: 'barred', lookAgainAtUs: now + 5 });
});

interface Given {
	readonly settings?: Partial<PolicySettings>;
	readonly session?: Partial<Situation>;
	readonly nowUs?: number;
}

function on(present: Baseband, others: readonly Baseband[], given: Given = {}) {
	return decideOn(present, others, given);
}

function decideOn(present: Baseband | undefined, others: readonly Baseband[], given: Given = {}) {
	return decide({
		nowUs: given.nowUs ?? now,
		basebands: present === undefined ? others : [present, ...others],
		settings: { ...usualPolicySettings, ...given.settings },
		session: { baseband: present?.id, ...given.session },
	});
}

function network(seen: Pick<Baseband, 'id' | 'kind' | 'range'> & Partial<Baseband>): Baseband {
	return { isUp: true, costPerMb: 0, hosts: {}, upSinceUs: longAgo, signalOkSinceUs: longAgo, ...seen };
}

function down({ upSinceUs: _up, signalOkSinceUs: _ok, ...baseband }: Baseband): Baseband {
	return { ...baseband, isUp: false };
}
