/** What writing a turn down costs: the record by hand, by the contract's generated codec, and beside a VM. */
import { makeProbe } from '../../modules/probe/testbed.ts';
import * as wire from '../../proto/host/recording/recording.ts';
import type { Event } from '../../runtime/component/generated/service.ts';
import { RecordBuffer } from '../../runtime/recording/record-buffer.ts';
import { Recorder } from '../../runtime/recording/recorder.ts';
import { appendTurn, type TurnRecord } from '../../runtime/recording/turn-record.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import { Vm } from '../../runtime/vm/vm.ts';
import { type Figure, figure, interleaved, nanosecondsEach } from './figure.ts';

const rounds = 25;
const payload = Uint8Array.from({ length: 256 }, (_, at) => at & 0x7f);
const nowUs = 1_790_000_000_123_456;
const record: TurnRecord = {
	vm: 3,
	turn: 12_345,
	nowUs,
	inbox: [{ tag: 'message', val: { topic: 2, sender: 5, correlation: 0, payload } }],
	reads: [],
	outcome: { tag: 'done', effects: [] },
	fuel: 4321,
};
const sameInContract = {
	vm: record.vm,
	turn: record.turn,
	now: nowUs,
	inbox: [{ message: { topic: 2, sender: 5, payload } }],
	fuel: record.fuel,
};
/** Records that share a buffer, as those of one commit do. */
const records = 64;

export async function recordingFigures(): Promise<Figure[]> {
	const buffer = new RecordBuffer();
	const write = (): void => {
		buffer.clear();
		for (let left = records; left > 0; left--) appendTurn(buffer, record);
	};
	const [plain, recorded] = [await startProbe(false), await startProbe(true)];
	const measured = await interleaved(
		{
			byHand: () => nanosecondsEach(500, write) / records,
			generated: () => nanosecondsEach(1000, () => wire.TurnRecord.encode(sameInContract)),
			plain: () => nanosecondsEach(5000, plain),
			recorded: () => nanosecondsEach(5000, recorded),
		},
		rounds,
	);
	return [
		figure({
			name: 'record of a turn with one message of 256 B',
			value: measured.byHand,
			unit: 'ns',
			peer: 'generated codec of the contract',
			peerValue: measured.generated,
		}),
		figure({
			name: 'turn with one message of 256 B, recorded',
			value: measured.recorded,
			unit: 'ns',
			peer: 'not recorded',
			peerValue: measured.plain,
		}),
	];
}

async function startProbe(isRecorded: boolean): Promise<() => unknown> {
	const { component } = await makeProbe();
	const spec = bareSpec(component);
	const order = { id: 1, turns: Number.MAX_SAFE_INTEGER - 1, bytes: Number.POSITIVE_INFINITY };
	const recorder = new Recorder({ vm: 1, order, say: () => undefined });
	const vm = new Vm({ id: 1, spec, watch: isRecorded ? recorder : undefined });
	vm.start(BigInt(nowUs));
	const topic = spec.topics.findIndex(({ name }) => name === 'probe.echo');
	const inbox: Event[] = [{ tag: 'message', val: { topic, sender: 2, correlation: 0, payload } }];
	return () => vm.turn(BigInt(nowUs), inbox);
}
