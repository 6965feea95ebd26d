/** The whole box in one value, for live views and reports. */
import { PlayerState } from '../../proto/host/bus/media.ts';
import { ContractError } from '../../proto/host/codec.ts';
import type { Hub } from '../../runtime/bus/hub.ts';
import type { PlaybackAccount } from '../../runtime/capability/media-sink/frame-player.ts';
import type { SessionPlayers } from '../../runtime/capability/media-sink/session-players.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { HandoffRecord } from '../../runtime/handoff/handoff-record.ts';
import type { Meter, MeterRow } from '../../runtime/network/meter.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type {
	BasebandStatus,
	Json,
	NetworkView,
	SessionManager,
	SessionStatus,
	TelemetrySource,
	VmStatus,
	VmView,
} from '../agent/ports.ts';

export interface SessionSample extends SessionStatus {
	/** What a listener got; absent before the first frame. */
	readonly account?: PlaybackAccount;
	/** What the player last said of itself. */
	readonly player?: PlayerState;
}

export interface BoxSample {
	/** Microseconds since the epoch. */
	readonly atUs: number;
	readonly networks: readonly BasebandStatus[];
	readonly vms: readonly VmStatus[];
	readonly sessions: readonly SessionSample[];
	readonly handoffs: readonly HandoffRecord[];
	/** Bytes by network and VM; `vm` 0 is nobody's. */
	readonly usage: readonly MeterRow[];
}

export interface TelemetryOptions {
	readonly clock: Clock;
	readonly hub: Hub;
	readonly supervisor: Supervisor;
	readonly meter: Meter;
	readonly players: SessionPlayers;
	readonly networks: NetworkView;
	readonly vms: VmView;
	readonly sessions: SessionManager;
	readonly handoffs: () => readonly HandoffRecord[];
}

export function telemetry(options: TelemetryOptions): TelemetrySource & { close(): void } {
	const { clock, hub, supervisor, meter, players, networks, vms, sessions, handoffs } = options;
	const said = new Map<string, PlayerState>();
	const stop = hub.listen('media.state', ({ payload }) => {
		try {
			const state = PlayerState.decode(payload);
			said.set(state.session, state);
		} catch (error) {
			// A player that says nonsense is shown without it; what it owns is known elsewhere.
			if (!(error instanceof ContractError)) throw error;
		}
	});
	const sampleOf = (session: SessionStatus): SessionSample => {
		const account = players.account(session.id);
		const player = said.get(session.id);
		return { ...session, ...(account && { account }), ...(player && { player }) };
	};
	return {
		sample: async () => {
			// A cell that is busy counts a moment later: the next sample has it.
			void supervisor.count();
			// What went over the networks until now is in this sample; counters that cannot be read stay as they were.
			await networks.count();
			const sample: BoxSample = {
				atUs: clock.now(),
				networks: networks.list(),
				vms: vms.list(),
				sessions: sessions.list().map(sampleOf),
				handoffs: handoffs(),
				usage: meter.rows(),
			};
			return sample as unknown as Json;
		},
		close: stop,
	};
}
