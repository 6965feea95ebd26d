/** A box made of the doubles of all its ports, on a real broker: what tests and trials talk to. */
import type { ExecutionContext } from 'ava';
import { Agent, type AgentEvent, type AgentOptions } from '../../firmware/agent/agent.ts';
import { boxModel } from '../../firmware/agent/data-model/box-model.ts';
import { InstanceNumbers } from '../../firmware/agent/instance-numbers.ts';
import { MqttTransport } from '../../firmware/agent/mqtt-transport.ts';
import {
	SimulatedBus,
	SimulatedCrashes,
	SimulatedDevices,
	SimulatedLog,
	SimulatedNetwork,
	SimulatedPower,
	SimulatedSessions,
	SimulatedTelemetry,
	SimulatedTraces,
	simulatedBoot,
	simulatedIdentity,
	simulatedMemory,
} from '../../firmware/agent/simulated-box.ts';
import { SimulatedModules } from '../../firmware/agent/simulated-modules.ts';
import { SimulatedRecorder } from '../../firmware/agent/simulated-recorder.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { type ConnectOptions, Controller } from './controller.ts';

export const agentId = 'os::00D09E-SIM-0001';
export const operator = { endpointId: 'self::operator', topic: 'mullion/usp/v1/controller/self::operator' };

/** Of a module that the box finds, and how it is installed. */
export const clockUrl = 'tuf:modules/clock-1.0.0.wasm';
export const install = 'Device.SoftwareModules.InstallDU()';

interface TrialOptions {
	readonly url: string;
	readonly directory?: Directory;
	readonly modules?: SimulatedModules;
	/** Of the agent; the link always runs on real time. */
	readonly clock?: Clock;
	/** Whether it looks for devices that are plugged in; default true. */
	readonly hasExpansion?: boolean;
	readonly agent?: Partial<Pick<AgentOptions, 'acceptTools' | 'controllers' | 'random'>>;
}

/** Starts a box and resolves once the broker has granted its subscription. */
export async function startBox(options: TrialOptions) {
	const { url, directory = new MemoryDirectory(), clock = systemClock(), hasExpansion = true } = options;
	const modules = options.modules ?? new SimulatedModules({ clock });
	const ports = {
		recorder: new SimulatedRecorder(),
		network: new SimulatedNetwork(),
		devices: new SimulatedDevices(),
		power: new SimulatedPower(),
		sessions: new SimulatedSessions(),
		bus: new SimulatedBus(),
		log: new SimulatedLog(),
		crashes: new SimulatedCrashes(),
		traces: new SimulatedTraces(),
		telemetry: new SimulatedTelemetry(),
	};
	const numbers = new InstanceNumbers({ directory });
	const model = boxModel({
		identity: simulatedIdentity,
		memory: simulatedMemory,
		boot: simulatedBoot,
		modules,
		vms: modules.vms,
		...ports,
		devices: hasExpansion ? ports.devices : undefined,
		numbers,
		clock,
	});
	const transport = new MqttTransport({ url, endpointId: agentId, directory, clock: systemClock() });
	const events: AgentEvent[] = [];
	const waiting = new Set<(event: AgentEvent) => void>();
	const agent = new Agent({
		endpointId: agentId,
		controllers: [operator],
		acceptTools: { prefix: 'self::mullion-cli-' },
		...options.agent,
		transport,
		model,
		numbers,
		directory,
		clock,
		onEvent: (event) => {
			events.push(event);
			for (const wake of waiting) wake(event);
		},
	});
	/** The next event of the agent that fits. */
	const nextEvent = (fits: (event: AgentEvent) => boolean) =>
		new Promise<AgentEvent>((resolve) => {
			const wake = (event: AgentEvent) => {
				if (!fits(event)) return;
				waiting.delete(wake);
				resolve(event);
			};
			waiting.add(wake);
		});
	const ready = nextEvent(({ kind }) => kind === 'ready');
	await agent.start();
	await ready;
	return { agent, modules, numbers, events, nextEvent, ...ports };
}

/** A broker, a box on it, and a way to make controllers; all gone when the test ends. */
export async function startTrial(t: ExecutionContext, options: Omit<TrialOptions, 'url'> = {}) {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const box = await startBox({ ...options, url: broker.url });
	t.teardown(() => box.agent.stop());
	const connect = async (more: Partial<ConnectOptions> = {}) => {
		const controller = await Controller.connect({ broker: broker.url, agent: agentId, ...more });
		t.teardown(() => controller.close());
		return controller;
	};
	return { broker, connect, ...box };
}
