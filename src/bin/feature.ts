#!/usr/bin/env node
import { feature } from '../cli/feature.js'
import { runProcess } from '../cli/process-host.js'

void runProcess(feature)
