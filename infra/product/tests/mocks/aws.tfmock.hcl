# What AWS would say, so that policies and references can be looked at in a plan.

mock_data "aws_region" {
  defaults = { name = "us-east-1" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "111122223333" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:us-east-1:111122223333:key/the-key" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::111122223333:role/a-role" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:111122223333:log-group:a-group" }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-east-1:111122223333:repository/the-repository"
    repository_url = "111122223333.dkr.ecr.us-east-1.amazonaws.com/the-repository"
  }
}

mock_resource "aws_secretsmanager_secret_version" {
  defaults = { arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:the-address" }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/the-balancer/1"
    arn_suffix = "app/the-balancer/1"
    dns_name   = "the-balancer.us-east-1.elb.amazonaws.com"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/the-targets/1"
    arn_suffix = "targetgroup/the-targets/1"
  }
}

mock_resource "aws_lb_listener" {
  defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/the-balancer/1/2" }
}

mock_resource "aws_ecs_cluster" {
  defaults = { arn = "arn:aws:ecs:us-east-1:111122223333:cluster/the-cluster" }
}

mock_resource "aws_ecs_task_definition" {
  defaults = { arn = "arn:aws:ecs:us-east-1:111122223333:task-definition/a-task:1" }
}

mock_resource "aws_appautoscaling_policy" {
  defaults = { arn = "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:1:resource/ecs/service/a/b:policyName/c" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:us-east-1:111122223333:the-topic" }
}

mock_resource "aws_lambda_function" {
  defaults = { arn = "arn:aws:lambda:us-east-1:111122223333:function:a-function" }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws:events:us-east-1:111122223333:rule/a-rule" }
}

mock_resource "aws_db_instance" {
  defaults = {
    arn      = "arn:aws:rds:us-east-1:111122223333:db:the-database"
    endpoint = "the-database.us-east-1.rds.amazonaws.com:5432"
  }
}

override_resource {
  target = module.store.aws_s3_bucket.this
  values = {
    id  = "the-store"
    arn = "arn:aws:s3:::the-store"
  }
}

override_resource {
  target = module.queue.aws_sqs_queue.this
  values = { arn = "arn:aws:sqs:us-east-1:111122223333:the-queue" }
}

override_resource {
  target = module.large_file_queue[0].aws_sqs_queue.this
  values = { arn = "arn:aws:sqs:us-east-1:111122223333:the-large-file-queue" }
}

override_resource {
  target = module.dead_letter_queue.aws_sqs_queue.this
  values = { arn = "arn:aws:sqs:us-east-1:111122223333:the-dead-letters" }
}

override_resource {
  target = module.permissions.aws_iam_role.this["dashboard"]
  values = { arn = "arn:aws:iam::111122223333:role/the-dashboard" }
}

override_resource {
  target = module.permissions.aws_iam_role.this["worker"]
  values = { arn = "arn:aws:iam::111122223333:role/the-worker" }
}

override_resource {
  target = module.permissions.aws_iam_role.this["function"]
  values = { arn = "arn:aws:iam::111122223333:role/the-function" }
}

override_resource {
  target = module.permissions.aws_iam_role.this["execution"]
  values = { arn = "arn:aws:iam::111122223333:role/the-execution" }
}

override_resource {
  target = module.security_groups.aws_security_group.this["load_balancer"]
  values = { id = "sg-load-balancer" }
}

override_resource {
  target = module.security_groups.aws_security_group.this["dashboard"]
  values = { id = "sg-dashboard" }
}

override_resource {
  target = module.security_groups.aws_security_group.this["worker"]
  values = { id = "sg-worker" }
}

override_resource {
  target = module.security_groups.aws_security_group.this["database"]
  values = { id = "sg-database" }
}

override_resource {
  target = module.security_groups.aws_security_group.this["endpoints"]
  values = { id = "sg-endpoints" }
}
