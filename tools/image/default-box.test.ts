import test from 'ava';
import { agentId } from '../start/stage.ts';
import { defaultBox, imageAgentId } from './default-box.ts';

test('the box of an image is another one than that of npm start: on one broker each hears what is said to it', (t) => {
	t.is(defaultBox.endpointId, imageAgentId);
	t.not(imageAgentId, agentId);
});
