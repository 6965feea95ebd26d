/** Gives a session that no VM has to one: opens it, or goes on from the last state. */
import { codeOf } from '../error.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { SessionRun } from './session-run.ts';

export async function resume(run: SessionRun, to: string): Promise<void> {
	const { session } = run;
	run.begin();
	session.flight = { to };
	run.apply('found');
	try {
		const vm = await run.provide(to);
		session.flight.target = vm;
		await giveTo(run, { vm, baseband: to });
	} catch (error) {
		session.flight = undefined;
		if (!run.isEnding) {
			session.reason = codeOf(error);
			session.bars.add(to);
			run.apply('failed');
			run.trouble(error);
		}
		return;
	}
	session.flight = undefined;
	await run.paper.announce().catch((error) => run.trouble(error));
}

async function giveTo(run: SessionRun, { vm, baseband }: { vm: VmId; baseband: string }): Promise<void> {
	const { session, ports } = run;
	const { sink, limits } = ports;
	const position = sink.position(session.id);
	const kept = session.newestUpTo(position.nextSequence);
	if (kept !== undefined) {
		const command = { take: { state: kept.state, ...position } };
		await run.give({ vm, command, ms: limits.takeMs, event: 'taken', baseband }).catch((error) => {
			run.holders.release(vm);
			throw error;
		});
		return;
	}
	if (position.nextSequence > session.start.nextSequence) {
		session.forgetStates();
		await sink.rewind(session.id, session.start);
		run.check();
	}
	const command = { open: { url: session.url } };
	await run.give({ vm, command, ms: limits.openMs, event: 'taken', baseband }).catch((error) => {
		run.holders.release(vm);
		if (codeOf(error) === 'refused') {
			run.refuse(error);
		}
		throw error;
	});
}
