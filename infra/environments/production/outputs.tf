output "repository_url" {
  description = "Where images are pushed to."
  value       = module.product.repository_url
}

output "load_balancer_dns_name" {
  description = "Where the domain has to point, as a CNAME or an alias."
  value       = module.product.load_balancer_dns_name
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.product.cluster_name
}

output "migration_task" {
  description = "Task definition that migrates the database."
  value       = module.product.migration.task_definition
}

output "migration_network" {
  description = "Where it runs, as `aws ecs run-task` takes it."
  value       = "awsvpcConfiguration={subnets=[${join(",", module.product.migration.subnet_ids)}],securityGroups=[${module.product.migration.security_group_id}]}"
}

output "migration_log_group" {
  description = "Where it logs."
  value       = module.product.migration.log_group
}

output "product" {
  description = "Everything else: queues, bucket, secret, roles, alarms. infra/product/outputs.tf explains each."
  value       = module.product
}
