# The image of workers with what events from SQS need; found there by Node, above /app.
FROM colloquy:0.1.0-cpu
USER root
RUN npm install --prefix / --no-audit --no-fund sqs-consumer@14 @aws-sdk/client-sqs@3
USER 10001:10001
