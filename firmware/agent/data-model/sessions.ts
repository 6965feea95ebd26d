/** `Device.X_MULLION_Session.`: running sessions, and their way from one baseband to another. */
import { UspError } from '../error.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { HandoffReport, SessionManager, SessionStatus } from '../ports.ts';
import type { Call, Command, ObjectProvider, Params } from './provider.ts';
import { dateTimeOf } from './provider.ts';

const root = 'Device.X_MULLION_Session.';
const table = 'Device.X_MULLION_Session.Session';

interface SessionObjectsOptions {
	readonly sessions: SessionManager;
	readonly numbers: InstanceNumbers;
}

export function sessionObjects(options: SessionObjectsOptions): ObjectProvider[] {
	const { sessions } = options;
	const open: Command = {
		kind: 'sync',
		inputs: { Kind: { otherwise: 'media' }, Url: { isRequired: true }, Baseband: {} },
		outputs: ['Session', 'SessionRef'],
		run: async ({ args }) => {
			const { Kind: kind = '', Url: url = '', Baseband: baseband = '' } = args;
			const { id } = await sessions.open({ kind, url, baseband });
			const number = (await numbersOf(options)).get(id);
			return { outputs: { Session: id, SessionRef: number === undefined ? '' : `${table}.${number}` } };
		},
	};
	const summary: ObjectProvider = {
		path: root,
		read: () => ({}),
		commands: { 'Open()': open },
		events: {
			'SessionEnded!': ['Session', 'Reason'],
			'HandoffComplete!': handoffArgs,
		},
		watch: (events) => {
			const stops = [
				sessions.onEnded(({ session, reason }) =>
					events.emit({
						objectPath: root,
						name: 'SessionEnded!',
						args: { Session: session, Reason: reason },
					}),
				),
				sessions.onHandoff((report) =>
					events.emit({ objectPath: root, name: 'HandoffComplete!', args: handoffOutputs(report) }),
				),
			];
			return () => {
				for (const stop of stops) stop();
			};
		},
	};
	return [summary, sessionTable(options)];
}

function sessionTable(options: SessionObjectsOptions): ObjectProvider {
	const { sessions } = options;
	const close: Command = {
		kind: 'sync',
		inputs: {},
		outputs: [],
		run: async (call) => {
			await sessions.close({ id: (await sessionOf(call, options)).id });
			return {};
		},
	};
	const handoff: Command = {
		kind: 'async',
		isResumable: true,
		inputs: { Baseband: { isRequired: true } },
		outputs: handoffArgs,
		run: async (call) => {
			const { id } = await sessionOf(call, options);
			const { Baseband: baseband = '' } = call.args;
			return { outputs: handoffOutputs(await sessions.handoff({ id, baseband, signal: call.signal })) };
		},
	};
	return {
		path: `${table}.{i}.`,
		uniqueKeys: [['Session']],
		commands: { 'Close()': close, 'Handoff()': handoff },
		rows: async () => {
			const numbers = await numbersOf(options);
			return sessions.list().flatMap((session) => {
				const number = numbers.get(session.id);
				return number === undefined ? [] : [{ number, params: paramsOf(session) }];
			});
		},
	};
}

function paramsOf(session: SessionStatus): Params {
	return {
		Session: session.id,
		Kind: session.kind,
		Url: session.url,
		State: session.state,
		Owner: session.owner,
		Baseband: session.baseband,
		Opened: dateTimeOf(session.openedAt),
		Handoffs: session.handoffs,
	};
}

const handoffArgs = ['Session', 'From', 'To', 'Committed', 'Reason', 'PrepareMs', 'TransferMs', 'CommitMs'];

function handoffOutputs({ session, from, to, isCommitted, reason, phasesMs }: HandoffReport): Params {
	return {
		Session: session,
		From: from,
		To: to,
		Committed: isCommitted,
		Reason: reason,
		PrepareMs: phasesMs['prepare'] ?? 0,
		TransferMs: phasesMs['transfer'] ?? 0,
		CommitMs: phasesMs['commit'] ?? 0,
	};
}

function numbersOf({ sessions, numbers }: SessionObjectsOptions): Promise<ReadonlyMap<string, number>> {
	return numbers.assign(
		table,
		sessions.list().map(({ id }) => id),
	);
}

async function sessionOf({ at, objectPath }: Call, options: SessionObjectsOptions): Promise<SessionStatus> {
	const numbers = await numbersOf(options);
	const session = options.sessions.list().find(({ id }) => numbers.get(id) === at[0]);
	if (session === undefined) throw new UspError('object-does-not-exist', `there is no ${objectPath}`);
	return session;
}
