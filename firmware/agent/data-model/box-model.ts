/** The whole data model of a box, from its ports. */
import type { Clock } from '../../../runtime/clock.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type {
	BootSource,
	BusPort,
	CrashSource,
	DeviceIdentity,
	DeviceView,
	FirmwareManager,
	LogSource,
	MemoryView,
	ModuleManager,
	NetworkView,
	PowerPort,
	SessionManager,
	TelemetrySource,
	TraceSource,
	VmRecorder,
	VmView,
} from '../ports.ts';
import { bootObjects } from './boot.ts';
import { busObject } from './bus.ts';
import { crashObject } from './crashes.ts';
import { deviceInfo } from './device-info.ts';
import { firmwareImages } from './firmware-images.ts';
import { logObject } from './log.ts';
import { memoryStatus } from './memory-status.ts';
import { DataModel } from './model.ts';
import { networkObjects } from './network.ts';
import { powerObject } from './power.ts';
import { recordingObject } from './recording.ts';
import { sessionObjects } from './sessions.ts';
import { softwareModules } from './software-modules.ts';
import { telemetryObject } from './telemetry.ts';
import { traceObject } from './trace.ts';
import { usbObjects } from './usb.ts';

export interface BoxPorts {
	readonly identity: DeviceIdentity;
	readonly memory: MemoryView;
	readonly boot: BootSource;
	readonly modules: ModuleManager;
	readonly vms: VmView;
	readonly recorder: VmRecorder;
	readonly network: NetworkView;
	readonly sessions: SessionManager;
	readonly bus: BusPort;
	readonly log: LogSource;
	readonly crashes: CrashSource;
	readonly traces: TraceSource;
	readonly telemetry: TelemetrySource;
	/** Missing on a box whose firmware somebody else looks after. */
	readonly firmware?: FirmwareManager | undefined;
	/** Missing on a box that does not look at its power. */
	readonly power?: PowerPort | undefined;
	/** Missing on a box that does not look at what is plugged in. */
	readonly devices?: DeviceView | undefined;
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
}

export function boxModel(ports: BoxPorts): DataModel {
	const { firmware, power, devices } = ports;
	return new DataModel([
		deviceInfo(ports),
		memoryStatus(ports),
		...bootObjects(ports),
		...(firmware === undefined ? [] : [firmwareImages({ ...ports, firmware })]),
		...(power === undefined ? [] : [powerObject({ power })]),
		...(devices === undefined ? [] : usbObjects({ ...ports, devices })),
		...softwareModules(ports),
		...networkObjects(ports),
		...sessionObjects(ports),
		recordingObject(ports),
		busObject(ports),
		logObject(ports),
		crashObject(ports),
		traceObject(ports),
		telemetryObject(ports),
	]);
}
