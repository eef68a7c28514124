import { describePlantedBugs } from './describe-planted-bugs.js';

describePlantedBugs(0, 2);
