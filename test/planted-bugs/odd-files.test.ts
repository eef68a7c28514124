import { describePlantedBugs } from './describe-planted-bugs.js';

describePlantedBugs(1, 2);
