// Starts the application: `npm start`, with the variables that README.md lists.
import { createApp } from './app.mjs';
import { readConfig } from './config.mjs';

try {
  const config = readConfig(process.env);
  const server = createApp(config).listen(config.port, 'localhost', (error) => {
    if (error) stop(error);
    console.log(`The sample application is at ${config.origin}`);
  });
  const end = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.on('SIGTERM', end);
  // Doorwright starts it with a channel between them: when Doorwright is gone, the channel closes.
  process.on('disconnect', end);
} catch (error) {
  stop(error);
}

function stop({ message }) {
  console.error(message);
  process.exit(1);
}
