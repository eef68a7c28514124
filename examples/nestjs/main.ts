import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { ourLlavero } from '../our-llavero.js';
import { LlaveroErrorFilter } from './llavero-error-filter.js';
import { LlaveroModule } from './llavero-module.js';
import { ShopsController } from './shops-controller.js';

@Module({
  imports: [LlaveroModule.forRoot(ourLlavero(process.env))],
  controllers: [ShopsController],
  providers: [{ provide: APP_FILTER, useClass: LlaveroErrorFilter }],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks(['SIGTERM']); // closes llavero too, after the last answer
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log('ready');
