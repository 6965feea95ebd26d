/** The whole data model of a box, from its ports. */
import type { Clock } from '../../../runtime/clock.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type {
	BusPort,
	CrashSource,
	DeviceIdentity,
	FirmwareManager,
	LogSource,
	MemoryView,
	ModuleManager,
	NetworkView,
	SessionManager,
	TelemetrySource,
	TraceSource,
	VmRecorder,
	VmView,
} from '../ports.ts';
import { busObject } from './bus.ts';
import { crashObject } from './crashes.ts';
import { deviceInfo } from './device-info.ts';
import { firmwareImages } from './firmware-images.ts';
import { logObject } from './log.ts';
import { memoryStatus } from './memory-status.ts';
import { DataModel } from './model.ts';
import { networkObjects } from './network.ts';
import { reboot } from './reboot.ts';
import { recordingObject } from './recording.ts';
import { sessionObjects } from './sessions.ts';
import { softwareModules } from './software-modules.ts';
import { telemetryObject } from './telemetry.ts';
import { traceObject } from './trace.ts';

export interface BoxPorts {
	readonly identity: DeviceIdentity;
	readonly memory: MemoryView;
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
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
}

export function boxModel(ports: BoxPorts): DataModel {
	const { firmware } = ports;
	return new DataModel([
		deviceInfo(ports),
		memoryStatus(ports),
		...(firmware === undefined ? [] : [firmwareImages({ ...ports, firmware }), reboot({ firmware })]),
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
