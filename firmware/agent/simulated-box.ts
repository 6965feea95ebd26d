/** The doubles of the smaller ports: a network, a bus that echoes, sessions, a log, and telemetry. */
import { CodedError } from '../../runtime/error.ts';
import type {
	BasebandStatus,
	BootSource,
	BusPort,
	CrashReport,
	CrashSource,
	DeviceIdentity,
	DeviceStatus,
	DeviceView,
	HandoffReport,
	Json,
	LogLine,
	LogSource,
	MemoryView,
	NetworkView,
	PowerPort,
	PowerStatus,
	SessionManager,
	SessionStatus,
	Stop,
	TelemetrySource,
	TracedMessage,
	TraceRequest,
	TraceSource,
} from './ports.ts';

export const simulatedIdentity: DeviceIdentity = {
	manufacturer: 'Mullion',
	manufacturerOui: '00D09E',
	modelName: 'Simulated box',
	productClass: 'MullionBox',
	serialNumber: 'SIM-0001',
	hardwareVersion: '1',
	softwareVersion: '0.1.0',
};

/** Half of its memory is free. */
export const simulatedMemory: MemoryView = {
	read: async () => ({ totalBytes: 268_435_456, freeBytes: 134_217_728 }),
};

/** It came up in a second. */
export const simulatedBoot: BootSource = {
	phases: async () => [{ stage: 'kernel', name: 'Linux', startMs: 0, endMs: 1000 }],
};

/** Its list is what it was last given. */
export class SimulatedNetwork implements NetworkView {
	basebands: readonly BasebandStatus[] = [];

	list(): readonly BasebandStatus[] {
		return this.basebands;
	}

	count(): Promise<void> {
		return Promise.resolve();
	}
}

/** What is plugged in is what it was last given. */
export class SimulatedDevices implements DeviceView {
	devices: readonly DeviceStatus[] = [];

	list(): readonly DeviceStatus[] {
		return this.devices;
	}
}

/** Power that is as it is told. */
export class SimulatedPower implements PowerPort {
	readonly #listeners = new Set<(status: PowerStatus) => void>();
	#status: PowerStatus = { source: 'mains', percent: undefined, minutesLeft: undefined, isLast: false };

	status(): PowerStatus {
		return this.#status;
	}

	set(change: Partial<PowerStatus>): void {
		this.#status = { ...this.#status, ...change };
		for (const listener of this.#listeners) listener(this.#status);
	}

	onChange(listener: (status: PowerStatus) => void): Stop {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** Serves one topic, `echo`, by answering with what it was asked. */
export class SimulatedBus implements BusPort {
	readonly published: { readonly topic: string; readonly payload: Uint8Array }[] = [];

	async publish(message: { topic: string; payload: Uint8Array }): Promise<number> {
		this.published.push(message);
		return 1;
	}

	async request({ topic, payload }: { topic: string; payload: Uint8Array }): Promise<Uint8Array> {
		if (topic !== 'echo') throw new CodedError('denied', `nobody serves ${topic}`);
		return payload;
	}
}

/** A log that says what it is told to. */
export class SimulatedLog implements LogSource {
	readonly #listeners = new Set<(line: LogLine) => void>();

	write(line: LogLine): void {
		for (const listener of this.#listeners) listener(line);
	}

	onLine(listener: (line: LogLine) => void): Stop {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** Crashes that it is told of. */
export class SimulatedCrashes implements CrashSource {
	readonly #listeners = new Set<(report: CrashReport) => void>();
	reports: readonly CrashReport[] = [];

	async list(): Promise<readonly CrashReport[]> {
		return this.reports;
	}

	crash(report: CrashReport): void {
		this.reports = [report, ...this.reports];
		for (const listener of this.#listeners) listener(report);
	}

	onCrash(listener: (report: CrashReport) => void): Stop {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** Shows what it is given to whoever asks next. */
export class SimulatedTraces implements TraceSource {
	readonly requests: TraceRequest[] = [];
	readonly ended: string[] = [];
	count = 0;
	messages: readonly TracedMessage[] = [];
	leftOut = 0;

	read(request: TraceRequest) {
		this.requests.push(request);
		const { messages, leftOut } = this;
		this.messages = [];
		this.leftOut = 0;
		return { messages, leftOut };
	}

	end(id: string): void {
		this.ended.push(id);
	}
}

/** Counts how often it was asked. */
export class SimulatedTelemetry implements TelemetrySource {
	samples = 0;

	sample(): Json {
		return { sample: ++this.samples };
	}
}

/** Sessions that move wherever they are sent, except to a baseband called `broken`. */
export class SimulatedSessions implements SessionManager {
	readonly #sessions = new Map<string, SessionStatus>();
	readonly #ended = new Set<(ended: { session: string; reason: string }) => void>();
	readonly #handoffs = new Set<(report: HandoffReport) => void>();
	#count = 0;

	list(): readonly SessionStatus[] {
		return [...this.#sessions.values()];
	}

	async open({
		kind,
		url,
		baseband,
	}: {
		kind: string;
		url: string;
		baseband: string;
	}): Promise<{ id: string }> {
		const id = `session-${++this.#count}`;
		const status = { id, kind, url, baseband, state: 'owned', owner: 'player', openedAt: 0, handoffs: 0 };
		this.#sessions.set(id, status);
		return { id };
	}

	async close({ id }: { id: string }): Promise<void> {
		this.#sessions.delete(id);
		for (const listener of this.#ended) listener({ session: id, reason: 'closed' });
	}

	async handoff({ id, baseband }: { id: string; baseband: string }): Promise<HandoffReport> {
		const session = this.#sessions.get(id);
		if (session === undefined) throw new CodedError('unknown-session', `there is no session ${id}`);
		if (baseband === 'broken') throw new CodedError('unreachable', 'the baseband "broken" is down');
		this.#sessions.set(id, { ...session, baseband, handoffs: session.handoffs + 1 });
		const report: HandoffReport = {
			session: id,
			from: session.baseband,
			to: baseband,
			isCommitted: true,
			reason: '',
			phasesMs: { prepare: 20, transfer: 2, commit: 1 },
		};
		for (const listener of this.#handoffs) listener(report);
		return report;
	}

	onEnded(listener: (ended: { session: string; reason: string }) => void): Stop {
		this.#ended.add(listener);
		return () => this.#ended.delete(listener);
	}

	onHandoff(listener: (report: HandoffReport) => void): Stop {
		this.#handoffs.add(listener);
		return () => this.#handoffs.delete(listener);
	}
}
