resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled" # the number of running tasks, which the worker's scaling divides by
  }
}
