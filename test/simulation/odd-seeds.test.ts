import { describeLane } from './lane.js';

describeLane('odd', 1);
