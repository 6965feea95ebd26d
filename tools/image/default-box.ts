/** The box that an image is made for where nobody says otherwise: one in QEMU, whose operator is on this machine. */
import { controllerTopic } from '../../firmware/agent/mqtt-transport.ts';

/** Not the box of `npm start`: two boxes of one name on one broker would both obey whoever speaks to it. */
export const imageAgentId = 'os::00D09E-MULLION-000002';
/** Where it looks for its broker. */
export const brokerPort = 1883;
/** Where a board that QEMU makes finds the machine it runs on. */
export const hostOfEmulator = '10.0.2.2';

export const operator = 'self::mullion-headend';

/** What `npm run image` writes into it, but for what the board says. */
export const defaultBox = {
	endpointId: imageAgentId,
	broker: `mqtt://${hostOfEmulator}:${brokerPort}`,
	controllers: [{ endpointId: operator, topic: controllerTopic(operator) }],
	acceptTools: 'self::mullion-',
	expansion: { allow: ['*'] },
	volumes: { allow: ['*'] },
};
