import test from 'ava';
import { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { Agent } from './agent.ts';
import { boxModel } from './data-model/box-model.ts';
import { InstanceNumbers } from './instance-numbers.ts';
import { messageRecord } from './records.ts';
import {
	SimulatedBus,
	SimulatedCrashes,
	SimulatedLog,
	SimulatedNetwork,
	SimulatedSessions,
	SimulatedTelemetry,
	SimulatedTraces,
	simulatedBoot,
	simulatedIdentity,
	simulatedMemory,
} from './simulated-box.ts';
import { SimulatedModules } from './simulated-modules.ts';
import { SimulatedRecorder } from './simulated-recorder.ts';
import { SimulatedTransport } from './simulated-transport.ts';

const endpointId = 'os::box';
const operator = { endpointId: 'self::operator', topic: 'operator' };
const clock = new ManualClock();

/** Lets everything that only waits for other promises go on. */
async function settled() {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function startAgent({ directory, modules }: { directory: MemoryDirectory; modules: SimulatedModules }) {
	const transport = new SimulatedTransport();
	const numbers = new InstanceNumbers({ directory });
	const sessions = new SimulatedSessions();
	const model = boxModel({
		identity: simulatedIdentity,
		memory: simulatedMemory,
		boot: simulatedBoot,
		modules,
		vms: modules.vms,
		recorder: new SimulatedRecorder(),
		network: new SimulatedNetwork(),
		sessions,
		bus: new SimulatedBus(),
		log: new SimulatedLog(),
		crashes: new SimulatedCrashes(),
		traces: new SimulatedTraces(),
		telemetry: new SimulatedTelemetry(),
		numbers,
		clock,
	});
	const agent = new Agent({
		endpointId,
		controllers: [operator],
		transport,
		model,
		numbers,
		directory,
		clock,
	});
	await agent.start();
	transport.comeUp();
	return { agent, transport, sessions };
}

function operate(command: string, inputArgs: Record<string, string>) {
	const request = { operate: { command, commandKey: 'key', sendResp: true, inputArgs } };
	return messageRecord(
		{ from: operator.endpointId, to: endpointId },
		{ header: { msgId: 'the-request', msgType: 6 }, body: { request } },
	);
}

/** Ids of what the broker was given: answers that accept, ends of commands, events; each id once. */
function heard(transports: readonly SimulatedTransport[]) {
	const messages = transports
		.flatMap(({ sent }) => sent)
		.map(({ record }) => UspRecord.decode(record).noSessionContext)
		.flatMap((payload) => (payload === undefined ? [] : [Msg.decode(payload.payload)]));
	const ids = (fits: (message: Msg) => boolean) => [
		...new Set(messages.filter(fits).map(({ header }) => header?.msgId)),
	];
	return {
		accepted: ids(({ body }) => body?.response?.operateResp?.operationResults[0]?.reqObjPath !== undefined),
		ends: ids(({ body }) => body?.request?.notify?.operComplete !== undefined),
		succeeded: ids(({ body }) => body?.request?.notify?.operComplete?.reqOutputArgs !== undefined),
		events: ids(({ body }) => body?.request?.notify?.event !== undefined),
	};
}

const install = operate('Device.SoftwareModules.InstallDU()', { URL: 'tuf:modules/clock-1.0.0.wasm' });

/** Runs an InstallDU with the power cut after so many steps of the disk, and once more from what is left. */
async function installWithCut({ steps, isCutOff }: { steps: number; isCutOff: boolean }) {
	const modules = new SimulatedModules({ clock });
	const directory = new MemoryDirectory();
	const before = await startAgent({ directory, modules });
	await settled();
	if (isCutOff)
		modules.gate = async () => {
			await settled();
			before.transport.goDown();
			modules.gate = () => Promise.resolve();
		};
	const end = directory.disk.steps + steps;
	directory.disk.cutAfter(steps);
	before.transport.receive(install, operator.topic);
	for (let turn = 0; turn < 60 && directory.disk.steps < end; turn++)
		await new Promise((resolve) => setImmediate(resolve));
	// A dead box says nothing more.
	before.transport.goDown();
	await settled();
	await settled();

	const wasCut = directory.disk.steps >= end;
	const after = await startAgent({ directory: await directory.restart(), modules });
	await settled();
	await before.agent.stop();
	await after.agent.stop();
	return { wasCut, ...heard([before.transport, after.transport]) };
}

for (const isCutOff of [false, true]) {
	const link = isCutOff ? 'whose link broke after the answer' : 'whose link stands';
	test(`wherever the power of a box is cut ${link}, an accepted InstallDU ends in one OperationComplete and one DUStateChange`, async (t) => {
		let steps = 0;
		for (let isOver = false; !isOver; steps++) {
			const { wasCut, accepted, ends, succeeded, events } = await installWithCut({ steps, isCutOff });
			const isRight = accepted.length === 0 ? ends.length <= 1 : ends.length === 1;
			t.true(isRight, `cut after ${steps} steps: ${accepted.length} accepted, ${ends.length} ended`);
			t.is(succeeded.length, ends.length);
			t.is(events.length, ends.length);
			isOver = !wasCut;
		}
		t.true(steps > 10, `only ${steps} places to cut at`);
	});
}

test('a command that may not be run again ends as failed after a restart', async (t) => {
	const modules = new SimulatedModules({ clock });
	const directory = new MemoryDirectory();
	const before = await startAgent({ directory, modules });
	const { id } = await before.sessions.open({ kind: 'media', url: 'http://radio/', baseband: 'cellular' });
	before.sessions.handoff = () => new Promise(() => undefined);
	before.transport.receive(
		messageRecord(
			{ from: operator.endpointId, to: endpointId },
			{
				header: { msgId: 'subscribe', msgType: 8 },
				body: {
					request: {
						add: {
							allowPartial: false,
							createObjs: [subscription('Device.X_MULLION_Session.Session.*.Handoff()')],
						},
					},
				},
			},
		),
	);
	await settled();
	before.transport.receive(operate('Device.X_MULLION_Session.Session.1.Handoff()', { Baseband: 'wifi' }));
	await settled();
	t.is(id, 'session-1');
	t.is(heard([before.transport]).accepted.length, 1);
	before.transport.goDown();

	const after = await startAgent({ directory: await directory.restart(), modules });
	await settled();

	const { ends, succeeded } = heard([after.transport]);
	t.is(ends.length, 1);
	t.is(succeeded.length, 0);
	await before.agent.stop();
	await after.agent.stop();
});

test('a command under way when the agent is stopped in good order is taken up by the next start', async (t) => {
	const modules = new SimulatedModules({ clock });
	const directory = new MemoryDirectory();
	const before = await startAgent({ directory, modules });
	modules.gate = ({ signal }) =>
		new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
	before.transport.receive(install);
	await settled();
	await before.agent.stop();
	await settled();
	t.is(heard([before.transport]).ends.length, 0);

	modules.gate = () => Promise.resolve();
	const after = await startAgent({ directory, modules });
	await settled();

	t.is(heard([after.transport]).succeeded.length, 1);
	t.deepEqual(modules.calls, [
		'install tuf:modules/clock-1.0.0.wasm',
		'install tuf:modules/clock-1.0.0.wasm',
	]);
	await after.agent.stop();
});

function subscription(reference: string) {
	const settings = {
		Enable: 'true',
		ID: 'mine',
		NotifType: 'OperationComplete',
		ReferenceList: reference,
		Persistent: 'true',
	};
	return {
		objPath: 'Device.LocalAgent.Subscription.',
		paramSettings: Object.entries(settings).map(([param, value]) => ({ param, value, required: true })),
	};
}
