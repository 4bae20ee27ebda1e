# The password of this environment is ephemeral, which no mocked provider has: the provider itself plans here, without an
# account, and is told what it would ask AWS for.

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  domain_name                = "contacts.example.com"
  certificate_arn            = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
  image_tag                  = "1a2b3c4"
  generate_database_password = false
  database_password          = "aaaaaaaaaaaaaaaa0000"
}

override_data {
  target = module.product.module.encryption.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.network.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.database.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.log_bucket[0].data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.permissions.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

override_data {
  target = module.product.module.monitoring.data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

run "production_stands_the_loss_of_a_zone" {
  command = plan

  assert {
    condition     = module.product.sizes.nat_gateways == 2 && module.product.sizes.multi_az
    error_message = "Production has a NAT gateway in each zone and a standby of its database."
  }

  assert {
    condition     = join(" ", concat(module.product.sizes.dashboard_tasks, module.product.sizes.worker_tasks)) == "2 10 1 5"
    error_message = "Production has 2 to 10 dashboard tasks and 1 to 5 worker tasks."
  }

  assert {
    condition     = module.product.sizes.deletion_protection && module.product.sizes.log_retention_days == 365
    error_message = "Production is not deleted by mistake, and its logs are kept for a year."
  }

  assert {
    condition     = module.product.queue_names.jobs == "prod-ingestion-queue"
    error_message = "Production has the customer's queue."
  }
}
