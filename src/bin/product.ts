#!/usr/bin/env node
import { runProcess } from '../cli/process-host.js'
import { product } from '../cli/product.js'

void runProcess(product)
