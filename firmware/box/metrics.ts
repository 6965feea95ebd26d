/** Everything that a box counts, as Prometheus metrics. */
import type { Hub } from '../../runtime/bus/hub.ts';
import type { Coordinator } from '../../runtime/handoff/coordinator.ts';
import type { Meter } from '../../runtime/network/meter.ts';
import type { VmView as SupervisedVm } from '../../runtime/vm/supervised.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { NetworkView, VmView } from '../agent/ports.ts';
import { platformVersion } from './identity.ts';
import type { Family, Sample } from './metrics-text.ts';

export interface BoxMetricsOptions {
	readonly supervisor: Supervisor;
	readonly vms: VmView;
	readonly networks: NetworkView;
	readonly meter: Meter;
	readonly hub: Hub;
	readonly coordinator: Coordinator;
}

const pageBytes = 65_536;

/** Counts once more, then reads. */
export async function boxMetrics(options: BoxMetricsOptions): Promise<Family[]> {
	const { supervisor, vms, networks } = options;
	await Promise.all([vms.count(), networks.count()]);
	return [...boxFamilies(options), ...vmFamilies(supervisor.views()), ...networkFamilies(options)];
}

function boxFamilies({ supervisor, hub, coordinator }: BoxMetricsOptions): Family[] {
	const cells = supervisor.cells();
	const { committed, back } = coordinator.counters;
	const { user, system } = process.cpuUsage();
	return [
		gauge('mullion_build_info', 'Version of the platform.', [
			{ labels: { version: platformVersion }, value: 1 },
		]),
		gauge('process_resident_memory_bytes', 'Memory of the whole process.', [
			{ value: process.memoryUsage.rss() },
		]),
		counter('process_cpu_seconds_total', 'CPU time of the whole process.', [
			{ value: (user + system) / 1_000_000 },
		]),
		gauge(
			'mullion_cell_up',
			'Whether the thread of a cell runs.',
			cells.map(({ name, isUp }) => ({ labels: { cell: name }, value: isUp ? 1 : 0 })),
		),
		counter(
			'mullion_cell_restarts_total',
			'How often a cell had to be replaced.',
			cells.map(({ name, restarts }) => ({ labels: { cell: name }, value: restarts })),
		),
		counter('mullion_bus_carried_messages_total', 'Messages carried out of their cell.', [
			{ value: hub.carried },
		]),
		counter('mullion_handoffs_total', 'Handoffs of sessions, by how they ended.', [
			{ labels: { outcome: 'committed' }, value: committed },
			{ labels: { outcome: 'back' }, value: back },
		]),
	];
}

function vmFamilies(vms: readonly SupervisedVm[]): Family[] {
	const each = (of: (vm: SupervisedVm) => number): Sample[] =>
		vms.map((vm) => ({ labels: { vm: vm.name }, value: of(vm) }));
	return [
		gauge(
			'mullion_vm_info',
			'A VM, its module, class, cell and state.',
			vms.map(({ name: vm, module, priority, cell, state }) => ({
				labels: { vm, module, class: priority, cell, state },
				value: 1,
			})),
		),
		counter(
			'mullion_vm_turns_total',
			'Turns.',
			each(({ counts }) => counts?.turns ?? 0),
		),
		counter(
			'mullion_vm_events_total',
			'Events given in turns.',
			each(({ counts }) => counts?.events ?? 0),
		),
		counter(
			'mullion_vm_cpu_seconds_total',
			'Time inside the guest.',
			each(({ counts }) => (counts?.busyUs ?? 0) / 1_000_000),
		),
		summary(vms),
		gauge(
			'mullion_vm_memory_bytes',
			'Linear memory.',
			each(({ counts }) => counts?.memoryBytes ?? 0),
		),
		gauge(
			'mullion_vm_memory_limit_bytes',
			'The most that its linear memory may grow to.',
			each(({ budget }) => budget.memoryPages * pageBytes),
		),
		gauge(
			'mullion_vm_inbox_messages',
			'Events that wait.',
			each(({ counts }) => counts?.inboxLength ?? 0),
		),
		gauge(
			'mullion_vm_inbox_bytes',
			'Bytes that wait.',
			each(({ counts }) => counts?.inboxBytes ?? 0),
		),
		counter(
			'mullion_vm_sent_messages_total',
			'Messages sent.',
			each(({ counts }) => counts?.sent ?? 0),
		),
		counter(
			'mullion_vm_dropped_messages_total',
			'Messages lost because the inbox was full.',
			each(({ counts }) => counts?.dropped ?? 0),
		),
		counter(
			'mullion_vm_set_aside_messages_total',
			'Messages that ended two turns badly.',
			each(({ counts }) => counts?.setAside ?? 0),
		),
		counter(
			'mullion_vm_late_turns_total',
			'Realtime turns that started late.',
			each(({ counts }) => counts?.late ?? 0),
		),
		counter(
			'mullion_vm_restarts_total',
			'Restarts after failures.',
			each(({ restarts }) => restarts),
		),
		counter(
			'mullion_vm_faults_total',
			'Turns that failed, by code.',
			vms.flatMap(({ name: vm, faults }) =>
				Object.entries(faults).map(([code, value]) => ({ labels: { vm, code }, value })),
			),
		),
		counter(
			'mullion_vm_budget_exceeded_total',
			'How often a budget was exceeded.',
			vms.flatMap(({ name: vm, overruns }) =>
				overruns.map(({ budget, count: value }) => ({ labels: { vm, budget }, value })),
			),
		),
	];
}

function summary(vms: readonly SupervisedVm[]): Family {
	const seconds = (us: number): number => us / 1_000_000;
	return {
		name: 'mullion_vm_turn_seconds',
		help: 'How long turns take; quantiles are of the last 5 to 10 seconds.',
		type: 'summary',
		samples: vms.flatMap(({ name: vm, counts }): Sample[] => {
			if (counts === undefined) return [];
			const { lately, busyUs, turns } = counts;
			return [
				{ labels: { vm, quantile: '0.5' }, value: seconds(lately.p50Us) },
				{ labels: { vm, quantile: '0.99' }, value: seconds(lately.p99Us) },
				{ labels: { vm, quantile: '1' }, value: seconds(lately.maxUs) },
				{ labels: { vm }, value: seconds(busyUs), suffix: '_sum' },
				{ labels: { vm }, value: turns, suffix: '_count' },
			];
		}),
	};
}

function networkFamilies({ networks, meter }: BoxMetricsOptions): Family[] {
	const list = networks.list();
	return [
		gauge(
			'mullion_network_up',
			'Whether a network is there.',
			list.map(({ id, isUp }) => ({ labels: { network: id }, value: isUp ? 1 : 0 })),
		),
		counter(
			'mullion_network_bytes_total',
			'Bytes over a network: payload as it passed, and on the wire where the kernel counts it.',
			list.flatMap(({ id: network }) => {
				const total = meter.total(network);
				return (['payload', 'wire'] as const).flatMap((kind) => [
					{ labels: { network, kind, direction: 'in' }, value: total[kind].bytesDown },
					{ labels: { network, kind, direction: 'out' }, value: total[kind].bytesUp },
				]);
			}),
		),
	];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
	return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
	return { name, help, type: 'counter', samples };
}
