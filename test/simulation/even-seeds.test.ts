import { describeLane } from './lane.js';

describeLane('even', 0);
