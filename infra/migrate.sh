#!/bin/bash
# Migrate the database of the environment whose folder this is called from: one task, and wait for its end.
set -euo pipefail

cluster=$(terraform output -raw cluster_name)
task=$(aws ecs run-task --cluster "$cluster" --launch-type FARGATE \
  --task-definition "$(terraform output -raw migration_task)" \
  --network-configuration "$(terraform output -raw migration_network)" \
  --query 'tasks[0].taskArn' --output text)
aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" \
  --query 'tasks[0].containers[0].exitCode' --output text)
if [ "$code" != 0 ]; then
  echo "migrate.sh: the migration ended with $code. Read: aws logs tail $(terraform output -raw migration_log_group)" >&2
  exit 1
fi
echo "migrate.sh: the database is migrated"
